"""`redact` in all its forms, the owner's answers, and the policies for identifiers."""

import json
import os
import pty
import stat
import subprocess
import sys

import pytest

from reviewpipe import anonymise
from reviewpipe.anonymise import Key, Known, Roster, answers, policies
from reviewpipe.anonymise.known import numbered
from reviewpipe.anonymise.unsure import questions
from reviewpipe.config import LABELS, Config, Privacy, StaffMember, load
from reviewpipe.errors import ConfigError, StoreError, UsageError

GUESTS = (
    "Date;Client;Stars;Comment;Note\r\n"
    "2026-09-01;Dana Rowe;5;Ask for Marisol, call 630-555-0142.;room 2\r\n"
    '2026-09-02;Teo Vance;4;"Calm; quiet. Teo";"said ""fine"""\r\n'
    "2026-09-03;Ruth Amari\r\n"
)


@pytest.fixture
def config(tmp_path):
    return Config(folder=tmp_path)


@pytest.fixture
def asked(project):
    """A practice whose reviews hold a word that may be a name."""
    (project / "data" / "raw" / "guests.csv").write_text(
        "Date,Client,Stars,Comment\n"
        "2026-09-01,Dana Rowe,5,We talked about Quillfeather all the time and my neck is better.\n"
        "2026-09-02,Teo Vance,5,Then Quillfeather again and again.\n",
        encoding="utf-8",
    )
    return project


def test_a_text_from_the_command_or_standard_input(project, call, monkeypatch):
    import io

    assert call("redact", "Ask for Denise!", "--project", project)[1] == "Ask for [NAME]!\n"
    monkeypatch.setattr(sys, "stdin", io.StringIO("Ask for Denise!\n"))
    assert call("redact", "-", "--project", project)[1] == "Ask for [NAME]!\n"


def test_a_text_file(project, call):
    path = project / "letter.txt"
    path.write_bytes("Ask for Denise!\r\nJosé says so.\r\n".encode("cp1252"))
    code, out, _ = call("redact", "--file", path, "--project", project)
    assert (code, out.splitlines()[0]) == (0, "Ask for [NAME]!")
    code, _, err = call("redact", "--file", project / "none.txt", "--project", project)
    assert code == 3
    assert "none.txt" in err


def test_json_lines_keep_their_contract_and_name_risks(project, call):
    path = project / "texts.jsonl"
    path.write_text(
        '{"id": 7, "text": "I\'m 71. Dana", "author": "Dana Rowe"}\n{"id": 8, "text": null}\n', encoding="utf-8"
    )
    code, out, _ = call("redact", "--jsonl", path, "--project", project)
    first, second = map(json.loads, out.splitlines())
    assert code == 0
    assert first == {
        "id": 7,
        "text": "I'm 71. [NAME]",
        "entities": [{"start": 8, "end": 12, "label": "PERSON", "replacement": "[NAME]"}],
        "risk": "raised",
        "risks": [{"kind": "age", "start": 4, "end": 6}],
    }
    assert second == {"id": 8, "text": "", "entities": [], "risk": "low", "risks": []}


def test_a_column_is_redacted_and_all_else_is_as_it_was(project, call):
    path = project / "guests.csv"
    path.write_bytes(GUESTS.encode())
    out, err = call("redact", "--column", "Comment", "--author-column", "Client", path, "--project", project)[1:]
    expected = (
        GUESTS.replace("Marisol", "[NAME]").replace("630-555-0142", "[PHONE]").replace("quiet. Teo", "quiet. [NAME]")
    )
    assert out == expected
    assert "still stand" in err


def test_several_columns_and_the_reviewers_own(project, call):
    path = project / "guests.csv"
    path.write_text(GUESTS, encoding="utf-8")
    out = call("redact", "--column", "Comment", "--column", "Client", "--author-column", "Client", path, "--project", project)[1]  # fmt: skip
    assert not [name for name in ("Dana", "Rowe", "Teo", "Ruth", "Marisol") if name in out]
    assert "room 2" in out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([], 2, "nothing to redact"),
        (["--column", "Comment"], 2, "needs a CSV file"),
        (["--column", "Coment", "guests.csv"], 2, "Did you mean 'Comment'"),
        (["--column", "Comment", "none.csv"], 3, "cannot be opened"),
        (["--column", "Comment", "empty.csv"], 3, "no CSV table"),
        (["--author-column", "Client", "x"], 2, "needs --column"),
        (["--unsure", "--file", "x"], 2, "do not go together"),
        (["--file", "x", "text"], 2, "takes no text"),
        (["--answer", "Quillfeather"], 2, "yes or no"),
        (["--answer", "Quillfeather=maybe"], 2, "yes or no"),
        (["--answer", "Hope=yes"], 2, "ordinary word"),
        (["--answer", "R2D2=no"], 2, "letters only"),
    ],
)
def test_errors_teach(project, call, arguments, code, said):
    (project / "guests.csv").write_text(GUESTS, encoding="utf-8")
    (project / "empty.csv").write_text("", encoding="utf-8")
    arguments = [project / one if one.endswith(".csv") else one for one in arguments]
    found, out, err = call("redact", *arguments, "--project", project)
    assert (found, out) == (code, "")
    assert said in err


def test_unsure_words_in_a_pipe_and_answers_for_scripts(asked, call):
    rows = [json.loads(line) for line in call("redact", "--unsure", "--project", asked)[1].splitlines()]
    (row,) = [one for one in rows if one["word"] == "Quillfeather"]
    assert 1 <= row["count"] <= 2
    assert all("Quillfeather" in context for context in row["contexts"])
    assert not {"Dana", "Rowe", "Teo", "Vance"} & {one["word"] for one in rows}

    text = "Is quillfeather here?  Quillfeather's was."
    assert call("redact", "--answer", "Quillfeather=yes", "--project", asked)[0] == 0
    assert call("redact", text, "--project", asked)[1] == "Is [NAME] here?  [NAME]'s was.\n"
    assert call("redact", "--answer", "quillfeather=no", "--project", asked)[0] == 0
    assert call("redact", "My therapist Quillfeather", "--project", asked)[1] == "My therapist Quillfeather\n"
    assert "Quillfeather" not in call("redact", "--unsure", "--project", asked)[1]


def test_on_a_terminal_it_asks(asked):
    master, slave = pty.openpty()
    asking = subprocess.Popen(
        [sys.executable, "-m", "reviewpipe", "redact", "--unsure", "--project", str(asked)],
        stdin=slave, stdout=slave, stderr=slave, close_fds=True,
    )  # fmt: skip
    os.close(slave)
    shown = b""
    while b"q(uit)" not in shown:
        shown += os.read(master, 4096)
    os.write(master, b"n\nq\n")
    assert asking.wait(60) == 0
    os.close(master)
    kept = (asked / "reviewpipe.answers").read_text()
    assert kept.endswith(" no\n")
    assert "uillfeather" not in kept.casefold()


def test_answers_are_kept_without_the_words_for_the_owner_alone(config):
    key = Key.load_or_create(config.key_file)
    answers.record(config, key, {"Quillfeather": True, "Saltbox": False})
    answers.record(config, key, {"Saltbox": True})
    path = answers.path_of(config.key_file)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(line.split()[1] for line in path.read_text().splitlines()) == ["yes", "yes"]
    given = answers.of(config, key)
    assert len(given.names) == 2
    assert not given.cleared.has("saltbox")


def test_a_damaged_file_of_answers_is_said(config):
    key = Key.load_or_create(config.key_file)
    answers.path_of(config.key_file).write_text("what is this\n")
    with pytest.raises(StoreError, match="damaged"):
        answers.of(config, key)


def test_every_answer_changes_the_mark(config):
    key = Key.load_or_create(config.key_file)
    marks = [answers.mark(config)]
    for said in ({"Saltbox": True}, {"Saltbox": False}, {"Quillfeather": False}):
        answers.record(config, key, said)
        marks.append(answers.mark(config))
    assert len(set(marks)) == 4
    answers.record(config, key, {"Quillfeather": False})
    assert answers.mark(config) == marks[-1]


def test_a_new_key_takes_the_answers_over(config):
    old, new = Key(b"o" * 32), Key(b"n" * 32)
    answers.record(config, old, {"Saltbox": False, "Quillfeather": True})
    answers.carry_over(config, old, new, ["We", "met", "Saltbox's", "quillfeather"])
    given = answers.of(config, new)
    assert given.cleared.has("saltbox")
    assert (numbered(new.fingerprint("quillfeather"), 1), 1) in given.names


def test_no_name_is_still_hidden_where_it_is_somebody_we_know(config):
    key = Key.load_or_create(config.key_file)
    answers.record(config, key, {"Marisol": False})
    text = "My therapist Marisol was on time."

    def hidden(author=None, **more):
        return anonymise.find([text], [author], answers.joined(Roster(**more), config, key))[0]

    assert not hidden()
    assert hidden(author="Marisol Ortega")
    assert hidden(staff=(StaffMember("Marisol Ortega"),))
    assert hidden(known=Known.of(anonymise.name_fingerprints("Marisol Ortega", key), key))


def test_of_an_ordinary_word_nothing_is_asked():
    words = {one.word.casefold() for one in questions(["Hope was there. I hope so. Thanks Hope."], [None], Roster())}
    assert "hope" not in words


def redacted(text, **privacy):
    return anonymise.redact([text], config=Config(privacy=Privacy(**privacy)))[0]


def test_each_label_is_hidden_kept_or_shown_as_chosen():
    text = "Denise said on 3/14/2026: see www.example.com or call 630-555-0142."
    assert redacted(text).text == "[NAME] said on [DATE]: see [URL] or call [PHONE]."
    chosen = redacted(text, labels={"URL": "keep", "DATE": "[SOME DAY]", "PHONE": "hide"})
    assert chosen.text == "[NAME] said on [SOME DAY]: see www.example.com or call [PHONE]."
    assert {one.label for one in chosen.entities} == {"PERSON", "DATE", "PHONE"}
    assert redacted(chosen.text, labels={"URL": "keep", "DATE": "[SOME DAY]"}).text == chosen.text


def test_a_name_in_what_is_kept_is_hidden():
    assert "denise" not in redacted("Write to denise.marlow@example.org", labels={"EMAIL": "keep"}).text.casefold()


def test_what_leaves_the_practice_is_hidden_unless_it_is_kept_there_too():
    texts = ["See www.example.com on 3/14/2026, [NAME]."]
    kept = {"URL": "keep", "DATE": "keep"}
    assert policies.for_sharing(texts, Privacy(labels=kept)) == ["See [URL] on [DATE], [NAME]."]
    assert policies.for_sharing(texts, Privacy(labels=kept, share={"URL": "keep", "DATE": "[DAY]"})) == [
        "See www.example.com on [DAY], [NAME]."
    ]


def test_there_is_a_choice_for_every_label_but_names():
    from typing import get_args

    assert {*LABELS, "PERSON"} == set(get_args(anonymise.Label))


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('[privacy.labels]\nPERSON = "keep"', "always hidden"),
        ('[privacy.labels]\nURLS = "keep"', "Did you mean 'URL'"),
        ('[privacy.labels]\nURL = "show"', 'must be "hide", "keep"'),
        ('[privacy.labels]\nURL = "[link]"', 'must be "hide", "keep"'),
        ('[privacy.share]\nURL = "keep"', "hidden from yourself"),
        ('[privacy.labels]\nURL = "[LINK]"\n[privacy.share]\nURL = "keep"', "hidden from yourself"),
    ],
)
def test_what_cannot_be_chosen_is_said(tmp_path, table, said):
    (tmp_path / "reviewpipe.toml").write_text(table, encoding="utf-8")
    with pytest.raises(ConfigError) as problem:
        load(tmp_path)
    assert said in str(problem.value)


def test_an_answer_about_no_word_is_refused(config):
    with pytest.raises(UsageError):
        answers.record(config, Key(b"k" * 32), {"": True})


HOSTILE = "Zebulona Quackbush"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--column", "comment", "twice.csv"], 2, "Several columns"),
        (["--column", "comment", "open.csv"], 3, "quotation mark"),
        (["--column", "comment", "long.csv"], 3, "row 3 has more cells"),
        (["--column", "comment", "bare.csv"], 2, "no column 'comment'"),
        (["--jsonl", "list.jsonl"], 3, 'line 1 has no "text"'),
        (["--jsonl", "cut.jsonl"], 3, "line 1 is not JSON"),
        (["--answer", f"{HOSTILE}=yes"], 2, "letters only"),
        (["--answer", f"{HOSTILE}=perhaps"], 2, "yes or no"),
    ],
)
def test_what_is_odd_is_refused_without_its_words(project, call, arguments, code, said):
    contents = {
        "twice.csv": f"comment,comment\nfine,I am {HOSTILE}\n",
        "long.csv": f"client,comment\nA,fine,\nB,fine, says {HOSTILE}\n",
        "bare.csv": f"{HOSTILE},fine\n",
        "open.csv": f'comment\n"I am {HOSTILE}\n',
        "list.jsonl": json.dumps({"text": [HOSTILE]}) + "\n",
        "cut.jsonl": f'{{"{HOSTILE}": \n',
    }
    for name, content in contents.items():
        (project / name).write_text(content, encoding="utf-8")
    found, out, err = call(
        "redact", *(project / one if one in contents else one for one in arguments), "--project", project
    )
    assert (found, out, said in err) == (code, "", True), err
    assert "ebulona" not in err
    assert not list(project.glob("*.answers*"))
