"""`reviewpipe label` and `evaluate`, and what labels do to everything that is shown."""

import io
import json
import shutil
from datetime import UTC, datetime

import pytest

from reviewpipe import calibrate, config, pipeline
from reviewpipe.cli.asking import Answer, marked, understood
from reviewpipe.schema import Label, Review, ThemeHit
from reviewpipe.store import Store

HEAD = "date,client,rating,comment\n"
HAPPY = (
    "My shoulder is free again after {} visits.",
    "Kind, calm and thorough, {} stars.",
    "I sleep again after {} weeks.",
)
SAD = ("The pain came back within {} days.", "Rushed and rude, I paid {} dollars for nothing.")

FIRST = ("Ilka", "Odo", "Wanda", "Jorun", "Fjorba", "Grover", "Teodora", "Ansel")
LAST = ("Vesk", "Quillfeather", "Bramhall", "Tollund", "Ostrow", "Perrin", "Maddox", "Zelwick", "Harnack")


@pytest.fixture(scope="module")
def practice(tmp_path_factory):
    """A practice of 66 reviews."""
    project = tmp_path_factory.mktemp("practice")
    (project / "data" / "raw").mkdir(parents=True)
    texts = [(HAPPY * 20)[n].format(n + 2) for n in range(54)] + [(SAD * 9)[n].format(n + 2) for n in range(12)]
    rows = [
        f'2026-08-{1 + n % 28:02d},{FIRST[n % 8]} {LAST[n // 8]},{5 if n < 54 else 1},"{text}"'
        for n, text in enumerate(texts)
    ]
    (project / "data" / "raw" / "desk.csv").write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    pipeline.run(config.load(project), datetime(2026, 10, 1, tzinfo=UTC))
    return project


@pytest.fixture
def ready(practice, tmp_path):
    return shutil.copytree(practice, tmp_path / "practice")


@pytest.fixture
def answer(call, monkeypatch):
    """The dialogue with these lines piped in."""

    def answered(folder, *lines, number=50):
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        return call("label", "-n", number, "--project", folder)

    return answered


def opened(folder):
    return Store.open(config.load(folder).store)


def labels(folder):
    with opened(folder) as store:
        return store.labels()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("p", Answer(then="p")),
        (" 2 3N  m ", Answer(((2, ""), (3, "n")), "m")),
        ("2,3", Answer(((2, ""), (3, "")))),
        ("", Answer()),
        ("p n", None),
        ("0", None),
        ("12", None),
        ("3x", None),
        ("yes", None),
    ],
)
def test_a_line_of_keys(line, said):
    assert understood(line, 11) == said


def test_evidence_is_marked_and_nothing_steers_the_terminal():
    text = "So calm\x1b[2J\u202e. It helped."
    hits = (ThemeHit("manner", "positive", 0, 14), ThemeHit("pain_relief", "positive", 14, 24))
    shown = marked(Review("r", "google", "public", None, "none", None, None, "en", text, None, False, 1, "positive", (), hits), ("pain_relief", "manner"))  # fmt: skip
    assert shown == "«So calm[2J. »2«It helped.»1"


def test_each_answer_is_kept_at_once_and_the_dialogue_ends_with_its_input(ready, answer):
    code, out, err = answer(ready, "p", "what", "2 5n m", number=3)
    assert (code, "3 of 3" in out, "Not understood" in out) == (0, True, True)
    assert ("2 labelled." in out, "2 labels in all" in err) == (True, True)
    first, second = sorted(labels(ready), key=lambda one: one.sentiment)
    assert (first.sentiment, second.sentiment) == ("mixed", "positive")
    assert len(first.themes) == 11
    assert first.themes["manner"] == "negative"
    assert first.themes["knowledge"] == "mixed"


def test_skip_back_and_quit(ready, answer):
    code, out, _ = answer(ready, "s", "n", "b", "p", "q")
    assert (code, "You said: negative." in out, "1 labelled." in out) == (0, True, True)
    assert [label.sentiment for label in labels(ready)] == ["positive"]
    asked_first = out.split("1 of 50")[1].split("\n")[2]
    assert asked_first in answer(ready)[1]  # what was skipped is asked again


def test_a_label_overrides_the_machine_everywhere(ready, answer, call):
    with opened(ready) as store:
        before = {review.review_id: review for review in store.reviews()}
    assert answer(ready, "1n 2n 3n u", number=1)[0] == 0
    (label,) = labels(ready)
    rows = [json.loads(line) for line in call("export", "--format", "jsonl", "--project", ready)[1].splitlines()]
    (row,) = [row for row in rows if row["review_id"] == label.review_id]
    said = {theme["name"]: theme["polarity"] for theme in row["themes"]}
    assert (row["sentiment"], said["pain_relief"], said["self_care"]) == ("neutral", "negative", "negative")
    assert before[label.review_id].sentiment != "neutral"
    assert not any(label.review_id in line for line in call("quotes", "-n", 99, "--project", ready)[1].splitlines())
    call("run", "--project", ready)
    page = (ready / "reports" / "dashboard.html").read_text(encoding="utf-8")
    data = json.loads(page.split('id="reviews">')[1].split("</script>")[0])
    (shown,) = [one for one in data["reviews"] if one["id"] == label.review_id]
    assert shown["sentiment"] == "neutral"


def test_to_forget_a_person_is_to_forget_what_was_said_of_their_review(ready, call):
    with opened(ready) as store, store.transaction():
        for review in store.reviews():
            assert store.label(Label(review.review_id, "negative", labelled_on="2026-11-01"), review.text)
    code, _, err = call("forget", "--name", "Jorun Vesk", "--yes", "--project", ready)
    assert code == 0, err
    assert len(labels(ready)) == 65
    with opened(ready) as store:
        assert set(store.labels_by_key()) == {review.review_id for review in store.reviews()}


def test_the_table_goes_out_and_comes_back(ready, call):
    path = ready / "answers.csv"
    code, out, _ = call("label", "--export", path, "-n", 6, "--project", ready)
    assert (code, "6 reviews to label" in out) == (0, True)
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    place = lines[0].split(",").index("sentiment")
    filled = [lines[0], *(line.replace(",,", ",positive,", 1) for line in lines[1:5]), *lines[5:]]
    assert filled[1].split(",")[place] or '"' in filled[1]
    # As a spreadsheet of another country saves it.
    path.write_text("\r\n".join(filled).replace(",", ";") + "\r\n", encoding="utf-16")
    code, out, err = call("label", "--import", path, "--project", ready)
    assert (code, "6 rows read = 4 kept + 0 unchanged + 2 unanswered." in out) == (0, True), err
    assert [label.sentiment for label in labels(ready)] == ["positive"] * 4
    assert call("label", "--export", path, "--project", ready)[0] == 2  # somebody's answers
    path.unlink()
    code, out, _ = call("label", "--export", path, "-n", 6, "--project", ready)
    assert "6 reviews to label and 4 with their labels" in out
    assert "4 unchanged" in call("label", "--import", path, "--project", ready)[1]


def test_of_a_table_with_a_row_that_cannot_be_used_nothing_is_taken(ready, call):
    path = ready / "answers.csv"
    call("label", "--export", path, "-n", 3, "--project", ready)
    text = path.read_text(encoding="utf-8-sig").replace(",,", ",positive,").replace(",positive,", ",private words,", 1)
    path.write_text(text, encoding="utf-8")
    code, out, err = call("label", "--import", path, "--project", ready)
    assert (code, out) == (3, "")
    assert "Row 2: sentiment must be positive, mixed, negative, neutral, or empty." in err
    assert "1 of 3 rows cannot be used, so nothing was changed" in err
    assert "private" not in err
    assert labels(ready) == []


def test_what_cannot_be_asked_for(ready, call):
    assert call("label", "--export", "a", "--import", "b", "--project", ready)[0] == 2
    assert call("label", "--import", ready / "none.csv", "--project", ready)[0] == 3


def judge(folder, sentiment_of, amount=66):
    """Label reviews without the dialogue."""
    with opened(folder) as store, store.transaction():
        for number, review in enumerate(sorted(store.reviews(), key=lambda one: one.review_id)[:amount]):
            said = sentiment_of(review)
            label = Label(review.review_id, said, {"pain_relief": "absent"}, {}, number % 3 == 0, "2026-11-20")
            assert store.label(label, review.text)


def test_evaluate_says_how_good_it_is_and_the_pages_say_the_same(ready, call):
    code, out, _ = call("evaluate", "--project", ready)
    assert (code, "Not yet measured here" in out, "On reference reviews" in out) == (0, True, True)
    judge(ready, lambda review: "positive" if review.rating == 5 else "negative")
    code, out, _ = call("evaluate", "--project", ready)
    assert "Measured on 66 of your reviews, the last labelled on November 20, 2026." in out
    assert "too few to say" in out
    told = json.loads(call("evaluate", "--json", "--project", ready)[1])
    assert (told["measured"], told["labels"], told["until"]) == (True, 66, "2026-11-20")
    assert sum(sum(row.values()) for row in told["confusion"].values()) == 66
    call("run", "--project", ready)
    call("report", "--month", "2026-08", "--project", ready)
    share = f"in {told['right']['part']} of 66"
    assert share in out
    for page in ("dashboard.html", "2026-08.html"):
        assert share in (ready / "reports" / page).read_text(encoding="utf-8"), page
    assert share in call("report", "--format", "md", "--project", ready)[1]


def test_what_is_evaluated_is_the_machine_not_the_label(ready, call):
    judge(ready, lambda _: "negative")
    told = json.loads(call("evaluate", "--json", "--project", ready)[1])
    assert told["right"]["value"] < 0.5
    pain = next(row for row in told["themes"] if row["name"] == "pain_relief")
    assert pain["precision"]["part"] == 0 < pain["precision"]["whole"]


def test_a_fit_to_the_labels_is_used_when_it_helps_and_the_run_says_so(ready, call):
    judge(ready, lambda review: "positive" if review.sentiment == "mixed" or review.rating == 5 else "negative")
    code, out, _ = call("run", "--json", "--project", ready)
    told = json.loads(out)
    assert (code, told["labels"], told["calibrated"]) == (0, 66, True)
    assert (told["rescored"], told["because"]) == (66, ["labels"])
    code, out, _ = call("run", "--project", ready)
    assert ("Fitted to your 66 labels" in out, "scored again" in out) == (True, False)
    figures = json.loads(call("evaluate", "--json", "--project", ready)[1])
    with opened(ready) as store, store.transaction():
        store.unlabel([label.review_id for label in store.labels()][:30])
    out = call("run", "--project", ready)[1]
    assert "66 reviews scored again: the model was fitted to your labels." in out
    assert "Fitted" not in out
    assert figures["right"]["whole"] == 66


def test_too_few_labels_fit_nothing(ready, call):
    judge(ready, lambda _: "negative", calibrate.LABELS_NEEDED - 1)
    told = json.loads(call("run", "--json", "--project", ready)[1])
    assert (told["calibrated"], told["rescored"]) == (False, 0)


def test_a_new_themes_file_is_told_to_be_the_reason(ready, call):
    (ready / "mine.toml").write_text(
        '[themes.stars]\nlabel = "Stars"\ndescription = "Stars."\nphrases = ["stars"]\n', encoding="utf-8"
    )
    (ready / "reviewpipe.toml").write_text('[themes]\nfile = "mine.toml"\n', encoding="utf-8")
    judge(ready, lambda _: "mixed", 40)
    out = call("run", "--project", ready)[1]
    assert "66 reviews scored again: the themes have changed." in out
    # A label from before says nothing of the new theme: the machine's word stands.
    with opened(ready) as store:
        found = {hit.theme for review in store.reviews() if review.corrected for hit in review.themes}
    assert "stars" in found


def test_a_themes_file_is_tried_against_the_labels(ready, call):
    judge(ready, lambda _: "mixed", 40)
    with opened(ready) as store:
        hidden = {label.review_id for label in store.labels()}
        machine = store.reviews()
    against = sum("shoulder" in (one.text or "") for one in machine if one.review_id in hidden)
    out = call("themes", "test", "--project", ready)[1]
    (line,) = [line for line in out.splitlines() if line.startswith("pain_relief")]
    assert int(line.split(" against your corrections")[0].split()[-1]) >= against > 0
    # Of a theme that nobody was asked about, nothing is against a correction.
    assert not any("against" in line for line in out.splitlines() if line.startswith("manner"))
