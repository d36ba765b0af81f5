"""Of all texts only those are searched for a new name in which it may stand: none is missed."""

from dataclasses import replace

from hypothesis import example, given, settings
from hypothesis import strategies as st

from reviewpipe.anonymise import Key, Known, Roster, Traces, name_fingerprints, swept, traces
from reviewpipe.anonymise.traces import EVERY_TEXT

KEY = Key(b"k" * 32)
# Names that tell alone, words that tell only beside others, short ones, and one without blanks.
FIRST = ["Zebulon", "Hope", "Will", "Quorvath", "J.", "Bo", "Álvaro", "May"]
LAST = ["Thackery", "Page", "Young", "O’Brannock", "Li", "May", "Grace", "Ström-Voss"]
NAMES = st.one_of(
    st.builds("{} {}".format, st.sampled_from(FIRST), st.sampled_from(LAST)),
    st.builds("{} {} {}".format, st.sampled_from(FIRST), st.sampled_from(LAST), st.sampled_from(LAST)),
    st.sampled_from([*FIRST, *LAST, "王小明", "Dr. Will Page"]),
)
WORDS = st.sampled_from(
    [*FIRST, *LAST, *map(str.lower, FIRST), *map(str.upper, LAST), "Zebulon's", "[NAME]", "[NAME]’s", "[THERAPIST]", "王小明", "谢谢王小明医生",
     "zebulonthackery", "Hope-Page", "hopeyoung", "a", "was", "great", ".", "and", "Dana", "Alvaro"]
)  # fmt: skip
TEXTS = st.lists(WORDS, min_size=1, max_size=8).map(" ".join)


def roster(*names):
    prints = [one for name in names for one in name_fingerprints(name, KEY)]
    return replace(Roster(), known=Known.of(prints, KEY))


@settings(max_examples=250, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=4), st.lists(NAMES, max_size=3), st.lists(NAMES, min_size=1, max_size=3))
@example(["Hope [NAME] was great"], ["Zebulon Thackery"], ["Hope Grace"])
@example(["Will and Hope Young"], [], ["Hope Rowe Young"])
def test_no_text_is_missed_in_which_a_new_name_stands(texts, before, later):
    kept = swept(texts, roster(*before))
    known = {one for name in before for one in name_fingerprints(name, KEY)}
    new = {one: found for name in later for one, found in name_fingerprints(name, KEY).items() if one not in known}
    asked = Traces({found for found in new.values() if found is not None})
    held = asked.held(traces.codes([(text,) for text in kept], Roster(), KEY))
    after = swept(kept, roster(*before, *later))
    assert all(is_held for old, now, is_held in zip(kept, after, held, strict=True) if old != now), (kept, after)


def test_a_trace_leads_to_few_texts():
    said = [("My knee is better.", None), ("Zebulon helped.", None), ("Hope is all I had.", "Der Mai."), (None, None)]
    held = traces.codes(said, Roster(), KEY)
    for name, where in (("Zebulon Thackery", [1]), ("Hope Page", []), ("Hope Mai", [2]), ("Quorvath", [])):
        found = {one for one in name_fingerprints(name, KEY).values() if one is not None}
        assert [row for row, one in enumerate(Traces(found).held(held)) if one] == where, name


def test_without_codes_a_text_may_hold_any_name():
    found = {one for one in name_fingerprints("Zebulon", KEY).values() if one}
    assert Traces(found).held([None, b"", b"abc"]) == [True, False, False]
    assert Traces({EVERY_TEXT}).held([None, b"", b"abc"]) == [True] * 3
    assert not Traces(())


def test_codes_tell_nothing_without_the_key_and_are_in_order():
    (one,), (other,) = (
        traces.codes([("Zebulon helped my knee, my knee.", "")], Roster(), key) for key in (KEY, Key(b"x" * 32))
    )
    assert len(one) == len(other) == 4 * traces.SIZE
    assert one != other
    numbers = [int.from_bytes(one[at : at + 3], "little") for at in range(0, len(one), 3)]
    assert numbers == sorted(set(numbers))
