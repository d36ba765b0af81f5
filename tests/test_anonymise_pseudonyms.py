"""The key of a project, pseudonyms and fingerprints."""

import os
import pickle
import stat

import pytest

from reviewpipe.anonymise.folding import fold
from reviewpipe.anonymise.known import Known, name_fingerprints
from reviewpipe.anonymise.pseudonyms import Key, canonical
from reviewpipe.errors import StoreError

KEY = Key(bytes(range(32)))


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path):
    path = tmp_path / "reviewpipe.key"
    first = Key.load_or_create(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(path.read_bytes()) == 32
    assert Key.load_or_create(path).person("Zoe") == first.person("Zoe")


@pytest.mark.skipif(os.name != "posix", reason="file modes")
def test_a_key_that_others_may_read_is_refused(tmp_path):
    path = tmp_path / "reviewpipe.key"
    Key.load_or_create(path)
    path.chmod(0o644)
    with pytest.raises(StoreError, match="chmod 600"):
        Key.load_or_create(path)


def test_what_is_no_key_is_refused(tmp_path):
    path = tmp_path / "reviewpipe.key"
    path.write_bytes(b"short")
    path.chmod(0o600)
    with pytest.raises(StoreError, match="backup"):
        Key.load_or_create(path)
    with pytest.raises(StoreError, match="cannot be"):
        Key.load_or_create(tmp_path / "missing" / "key")


def test_the_key_never_shows():
    assert repr(KEY) == "Key(…)"
    assert bytes(range(32)).hex() not in f"{KEY} {KEY!r} {Known.of([], KEY)!r}"
    assert pickle.loads(pickle.dumps(KEY)).person("Zoe") == KEY.person("Zoe")  # noqa: S301  (worker processes)


@pytest.mark.parametrize(
    "spelling",
    [
        "Ana Ruiz",
        "ANA RUIZ",
        "Dr. Ána Ruíz",
        "ana ruiz's",
        "Ana Ruiz, LMT",
        "ana\u200b ruiz",
        "Аna Ruiz",
        " Ana  Ruiz ",
    ],
)
def test_one_person_one_pseudonym(spelling):
    assert KEY.person(spelling) == KEY.person("Ana Ruiz")
    assert len(KEY.person(spelling)) == 16


def test_domains_and_parts_are_kept_apart():
    assert len({KEY.person("zoe"), KEY.fingerprint("zoe")[:16], KEY.review_key("zoe", None)[:16]}) == 3
    assert KEY.review_key("ab", "c") != KEY.review_key("a", "bc")
    assert KEY.review_key("a", None, content=("x", None)) != KEY.review_key("a", None, content=("x", ""))


def test_another_key_gives_other_pseudonyms():
    assert Key(bytes(32)).person("Zoe") != KEY.person("Zoe")


@pytest.mark.parametrize(
    ("name", "wanted"), [("Dr", "dr"), ("Mrs. O’Neill", "o'neill"), ("J. R. Smith", "j r smith"), ("", ""), ("123", "")]
)
def test_canonical(name, wanted):
    assert canonical(name) == wanted


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("ZÉBULON", "zebulon"),
        ("Ｚｅｂ", "zeb"),
        ("Zе\u202ebulon", "zebulon"),
        ("Straße", "strasse"),
        ("Łukasz", "lukasz"),
    ],
)
def test_fold(given, wanted):
    assert fold(given) == wanted


@pytest.mark.parametrize(
    ("name", "alone", "not_alone"),
    [
        ("Zebulon Thackery", ["zebulon", "thackery"], []),
        ("Hope Thackery", ["thackery"], ["hope"]),
        ("Mark Page", [], ["mark", "page"]),
        ("June Will", [], ["june", "will"]),
        ("A Google User", [], ["google", "user"]),
        ("Bo Li", [], ["bo", "li"]),
    ],
)
def test_parts_that_are_ordinary_words_are_known_only_in_the_full_name(name, alone, not_alone):
    known = Known.of(name_fingerprints(name, KEY), KEY)
    assert all(known.has(word) for word in alone)
    assert not any(known.has(word) for word in not_alone)
    assert known.full_names([fold(word) for word in name.split()])


def test_fingerprints_hold_no_name():
    assert "zebulon" not in str(name_fingerprints("Zebulon Thackery", KEY)).lower()


def test_an_ordinary_word_as_only_name_leaves_nothing():
    assert name_fingerprints("Hope", KEY) == {}
    assert name_fingerprints("★★★", KEY) == {}


def test_names_without_blanks_between_words():
    known = Known.of(name_fingerprints("王小明", KEY), KEY)
    assert known.holds("谢谢王小明医生")
    assert not known.holds("谢谢医生")
