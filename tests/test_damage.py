"""A store that is damaged or none of ours: every command works or refuses in one line, and leaves it as it is."""

import shutil
import sqlite3
from random import Random

import pytest

from reviewpipe.schema import Label
from reviewpipe.store import Store

HEAD = "date,client,rating,comment\n"
WORDS = (
    "my knee is quiet now",
    "the room was too cold for me",
    "she took her time with my neck",
    "too short, and loud",
)
# The last two write; each sees the store as the one before left it.
COMMANDS = (
    ("quotes", "--format", "json"),
    ("export", "--format", "jsonl"),
    ("doctor",),
    ("dashboard",),
    ("run",),
)


@pytest.fixture(scope="module")
def practice(tmp_path_factory):
    """A practice that has read two files and labelled a review."""
    from click.testing import CliRunner

    from reviewpipe.cli import program

    folder = tmp_path_factory.mktemp("practice")
    raw = folder / "data" / "raw"
    raw.mkdir(parents=True)
    for part in range(2):
        rows = [
            f"2026-0{1 + n % 9}-1{part},Person {chr(65 + n)}{chr(97 + part)}.,{1 + n % 5},Visit {n} of {part}: {WORDS[n % 4]}"
            for n in range(20)
        ]
        (raw / f"{part}.csv").write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    assert CliRunner().invoke(program, ["run", "--project", str(folder)]).exit_code == 0
    with Store.open(store_of(folder)) as store, store.transaction():
        one = store.reviews()[0]
        assert store.label(Label(one.review_id, "mixed", {"value": "absent"}, labelled_on="2026-10-01"), one.text)
    # So that a run has something to read and something to write.
    (raw / "late.csv").write_text(HEAD + "2026-10-02,Late L.,5,I came late and they waited\n", encoding="utf-8")
    return folder


def store_of(folder):
    return folder / "data" / "processed" / "reviews.db"


def readable(path):
    """How many reviews SQLite still gives, as far as it gets."""
    connection, count = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True), 0
    try:
        for _ in connection.execute("SELECT CAST(text AS BLOB) FROM reviews NOT INDEXED"):
            count += 1
    except (sqlite3.Error, UnicodeDecodeError):
        pass
    connection.close()
    return count


def assert_works_or_refuses(folder, call, must_refuse=False):  # noqa: FBT002  reads well where it is given by name
    """Each command in turn; how many refused."""
    path, refused = store_of(folder), 0
    for command in COMMANDS:
        before = path.read_bytes() if path.is_file() else None
        held = readable(path) if before is not None else 0
        code, out, err = call(*command, "--project", folder)
        assert code in ((6,) if must_refuse else (0, 6)), (command, code, err, out)
        assert "Traceback" not in err
        assert "error in the program" not in err
        if code == 6:
            refused += 1
            said = (out + err).strip()
            assert len(err.strip().splitlines()) == 1, err
            assert any(word in said for word in ("backup", "Update", "move", "permissions")), said
            # Nothing is taken from a store that is refused; but for a run that met the damage on its way, it is the same.
            after = path.read_bytes() if path.is_file() else None
            assert after == before or (command == ("run",) and readable(path) >= held), command
        else:
            assert readable(path) >= held
    return refused


def flipped(content, dice):
    """Some bits of the file turned over."""
    damaged = bytearray(content)
    for _ in range(dice.choice((1, 1, 4, 64))):
        damaged[dice.randrange(len(damaged))] ^= 1 << dice.randrange(8)
    return bytes(damaged)


def cut(content, dice):
    """The end of the file is missing."""
    return content[: dice.randrange(len(content))]


def zeroed(content, dice):
    """A page of nothing, as after a power cut on some file systems."""
    page = dice.randrange(len(content) // 4096)
    return content[: page * 4096] + bytes(4096) + content[(page + 1) * 4096 :]


HOW = (flipped, flipped, flipped, cut, zeroed)


@pytest.mark.parametrize("seed", [*range(10), *(pytest.param(n, marks=pytest.mark.slow) for n in range(10, 200))])
def test_a_damaged_store_works_or_is_refused(practice, tmp_path, call, seed):
    folder = shutil.copytree(practice, tmp_path / "copy")
    dice = Random(seed)  # noqa: S311  repeatable, no secret
    content = store_of(folder).read_bytes()
    store_of(folder).write_bytes(HOW[seed % len(HOW)](content, dice))
    refused = assert_works_or_refuses(folder, call)
    if HOW[seed % len(HOW)] is cut:
        assert refused == len(COMMANDS)


def other_database(path):
    with sqlite3.connect(path) as direct:
        direct.execute("CREATE TABLE appointments (day TEXT)")
    direct.close()


def newer(path):
    with sqlite3.connect(path) as direct:
        direct.execute("UPDATE meta SET value = '99' WHERE key = 'schema_version'")
    direct.close()


STRANGE = {
    "empty": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_text("Dear diary, today nobody called.\n" * 99, encoding="utf-8"),
    "other database": lambda path: (path.unlink(), other_database(path)),
    "newer": newer,
    "folder": lambda path: (path.unlink(), path.mkdir()),
}


@pytest.mark.parametrize("what", STRANGE)
def test_what_is_no_store_of_this_version_is_refused(practice, tmp_path, call, what):
    folder = shutil.copytree(practice, tmp_path / "copy")
    STRANGE[what](store_of(folder))
    assert assert_works_or_refuses(folder, call, must_refuse=True) == len(COMMANDS)


def test_a_store_whose_log_of_changes_was_taken_away_is_an_earlier_one(practice, tmp_path, call):
    """The -wal file holds what was not yet moved into the store; without it the next run reads that again."""
    folder = shutil.copytree(practice, tmp_path / "copy")
    kept = tmp_path / "kept.db"
    with Store.open(store_of(folder)) as store:  # while it is open, what a run writes stays beside it
        code, out, _ = call("run", "--project", folder)
        assert (code, "1 reviews read" in out) == (0, True)
        store.meta("key")
        shutil.copy(store_of(folder), kept)
    for end in ("", "-wal", "-shm"):
        store_of(folder).with_name("reviews.db" + end).unlink(missing_ok=True)
    shutil.copy(kept, store_of(folder))
    assert assert_works_or_refuses(folder, call) == 0
    assert readable(store_of(folder)) == 41


def test_the_log_of_a_store_that_was_moved_away_does_not_get_into_the_new_one(practice, tmp_path, call):
    folder = shutil.copytree(practice, tmp_path / "copy")
    with Store.open(store_of(folder)) as store:
        assert call("run", "--project", folder)[0] == 0
        store.meta("key")
        for end in ("-wal", "-shm"):
            shutil.copy(store_of(folder).with_name("reviews.db" + end), tmp_path / end)
    store_of(folder).unlink()
    for end in ("-wal", "-shm"):
        shutil.copy(tmp_path / end, store_of(folder).with_name("reviews.db" + end))
    assert assert_works_or_refuses_new(folder, call) == 41


def assert_works_or_refuses_new(folder, call):
    """The next run makes a store of everything; how many reviews are in it."""
    assert call("run", "--project", folder)[0] == 0
    with Store.open(store_of(folder)) as store:
        assert store.soundness() == []
        return len(store.reviews())
