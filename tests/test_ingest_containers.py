"""Archives, mails and documents: what lies in them is read as if it lay beside them."""

import gzip
import io
import subprocess
import sys
import zipfile
from datetime import date

import pytest

from container_files import (
    GOLDEN,
    GOLDEN_FILES,
    LETTER,
    TABLE,
    TAKEOUT,
    WORDS,
    add_table,
    csv,
    golden_pdf,
    mail,
    mailbox,
    ods,
    pdf,
    tarred,
    word,
    wrapped,
    xlsx,
    zipped,
)
from reviewpipe import ingest
from reviewpipe.config import Config, Practice, StaffMember
from reviewpipe.errors import NotReviewsError, UnreadableError

OTHERS = [TABLE[0], ["2026-05-01", "Kai Moreno", 4, "Gentle hands, and my hip moves again."]]


def read(tmp_path, name, content, **config):
    path = tmp_path / "data" / "raw" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return ingest.read(path, Config(folder=tmp_path, **config), as_of=date(2026, 10, 31))


def told(reading):
    return [(one["author"], one["text"]) for one in reading.batch.reviews.to_dict("records")]


def authors(reading):
    return reading.batch.reviews["author"].tolist()


@pytest.mark.parametrize("name", [one for one in GOLDEN_FILES if not one.startswith(("docx", "xlsx"))])
def test_golden_files_are_what_is_said_here(name):
    assert (GOLDEN / name).read_bytes() == GOLDEN_FILES[name]()


# Archives


def test_the_folders_of_an_archive_name_the_source(tmp_path):
    parts = {"Google Maps/a.csv": csv(), "yelp/2026/b.csv": csv(OTHERS)}
    reviews = read(tmp_path, "survey/all.zip", zipped(parts)).batch.reviews
    assert reviews["source"].tolist() == ["google", "google", "yelp"]
    reviews = read(tmp_path, "facebook/all.zip", zipped({"x/a.csv": csv()})).batch.reviews
    assert set(reviews["source"]) == {"facebook"}


def test_a_takeout_folder(tmp_path):
    folder = "Takeout/Google Business Profile/account-1/location-2"
    parts = {f"{folder}/reviews-{n}.json": TAKEOUT % ("Odile", f"Calm and kind {n}.", n) for n in range(17)}
    reading = read(tmp_path, "takeout.zip", zipped({**parts, f"{folder}/data.json": '{"title": "Willow"}'}))
    assert (len(reading.batch.reviews), reading.form, reading.source) == (17, "google_takeout", "google")
    assert [role.reason[:28] for role in reading.roles if role.role == "unused" and role.place == "part 18"]


def test_what_systems_leave_in_archives_is_passed_over(tmp_path):
    parts = {
        "__MACOSX/._a.csv": b"\0",
        ".hidden/a.csv": csv(OTHERS),
        "Thumbs.db": b"\0",
        "a/photo.JPG": b"x",
        "a.css": b"x",
    }
    reading = read(tmp_path, "a.zip", zipped({**parts, "a.csv": csv()}))
    assert (authors(reading), reading.kind) == (["Odile Brandt", "Per Lindqvist"], "zip")
    with pytest.raises(NotReviewsError, match="no file of reviews"):
        read(tmp_path, "b.zip", zipped(parts))


def test_the_same_content_is_read_once(tmp_path):
    reading = read(tmp_path, "a.zip", zipped({"a.csv": csv(), "b.csv": csv(), "c.csv": csv(OTHERS)}))
    assert authors(reading) == ["Odile Brandt", "Per Lindqvist", "Kai Moreno"]
    assert [role.reason for role in reading.roles if role.place == "part 2"] == ["the same content as part 1"]


def test_parts_that_cannot_be_read_are_rejects_without_their_names(tmp_path):
    reading = read(tmp_path, "a.zip", zipped({"a.csv": csv(), "Odile.json": '{"reviews": [', "b.json": '{"a": 1}'}))
    assert [(one.row, one.reason.split(":")[0]) for one in reading.batch.rejects] == [(4, "part 1"), (2, "part 2")]
    assert not any("Odile" in one.reason for one in reading.batch.rejects)
    assert reading.roles[-1].place == "part 3"


def test_no_part_holds_reviews(tmp_path):
    with pytest.raises(NotReviewsError, match=r"^a\.zip: none of its 2 parts holds reviews\.  Part 1: "):
        read(tmp_path, "a.zip", zipped({"a.json": '{"a": 1}', "b.json": '{"b": 1}'}))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv.gz", gzip.compress(csv())),
        ("a.gz", gzip.compress(csv()[:90]) + gzip.compress(csv()[90:])),
        ("a.tgz", gzip.compress(tarred({"a/b.csv": csv()}))),
        ("a.tar", tarred({"a/b.csv": csv()})),
        ("a.zip", zipped({"a.zip": zipped({"a.csv.gz": gzip.compress(csv())})})),
        ("a.zip", zipped({"a.xlsx": xlsx()})),
        ("a.zip", zipped({"a.ods": ods()})),
        ("a.zip", zipped({"a.eml": mail("See the table.", {"a.csv": csv()})})),
        ("a.bin", xlsx()),
    ],
)
def test_archives_in_any_kind(tmp_path, name, content):
    reading = read(tmp_path, name, content)
    assert authors(reading) == ["Odile Brandt", "Per Lindqvist"]
    assert len(reading.batch.rejects) == 1


def test_json_and_pages_in_gzip(tmp_path):
    page = "<h2>What clients say</h2>" + "".join(
        f"<blockquote>{words}<cite>{name}</cite></blockquote>" for name, words in WORDS
    )
    assert authors(read(tmp_path, "a.html.gz", gzip.compress(page.encode()))) == [name for name, _ in WORDS]
    lines = b"".join(
        b'{"review_id": "%d", "user_id": "u", "business_id": "b", "stars": 4.0, "useful": 0, "funny": 0, "cool": 0, "text": "Calm", "date": "2026-01-02 10:00:00"}\n'
        % n
        for n in range(3)
    )
    assert len(read(tmp_path, "a.jsonl.gz", gzip.compress(lines)).batch.reviews) == 3


def test_nothing_is_written_while_an_archive_is_read(tmp_path):
    inner = zipped({"a.csv": csv(), "b.docx": word(add_table), "c.xlsx": xlsx(OTHERS), "d.pdf": golden_pdf()})
    (tmp_path / "a.zip").write_bytes(zipped({"a.eml": mail(LETTER, {"a.zip": inner})}))
    code = (
        "import os, sys\n"
        "from datetime import date\n"
        "from pathlib import Path\n"
        "from reviewpipe import ingest\n"
        "from reviewpipe.config import Config\n"
        "def watch(event, args):\n"
        "    if event == 'open' and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR):\n"
        "        if '__pycache__' not in str(args[0]): print('written', args[0])\n"
        "sys.addaudithook(watch)\n"
        "print(len(ingest.read(Path(sys.argv[1]), Config(), as_of=date(2026, 10, 31)).batch.reviews))\n"
    )
    run = [sys.executable, "-B", "-c", code, str(tmp_path / "a.zip")]
    assert subprocess.run(run, capture_output=True, text=True, check=True).stdout == "9\n"


# Mails

REPLY = (
    LETTER
    + "\nOn Mon, Mar 2, 2026 at 9:12 AM Willow <lena@willow.example> wrote:\n\n> How do you feel? The massage was great for us too.\n> Lena\n"
)
OUTLOOK = (
    LETTER
    + "\n________________________________\nFrom: Willow <lena@willow.example>\nSent: Monday, March 2, 2026 9:12 AM\nTo: Odile\nSubject: How was it?\n\nThe best massage of my life, I felt amazing!\n\nLena\n"
)
FORWARD = "For the wall!\n\n---------- Forwarded message ---------\nFrom: Ines Maurer <ines@mail.example>\nDate: Wed, Mar 4, 2026 at 9:12 AM\nSubject: thanks\nTo: Lena <lena@willow.example>\n\nI can lift my arm again, and I recommend you to everyone.\n"
BODY = "Dear Lena,\n\nmy knee has not felt this good since spring, and I walked to work today. Thank you for your patience with me."


@pytest.mark.parametrize(
    "letter", [LETTER, REPLY, OUTLOOK, LETTER + "\nSent from my iPhone\n", LETTER + "\n-- \nBaker, Corner Bakery\n"]
)
def test_only_the_clients_own_words(tmp_path, letter):
    assert told(read(tmp_path, "a.eml", mail(letter, subject="Re: How was it?"))) == [("Odile", BODY)]


def test_the_sender_and_the_day_of_a_mail_that_says_neither(tmp_path):
    reading = read(
        tmp_path, "a.eml", mail("My neck is free again. I slept all night, and I will be back next month!\n")
    )
    assert reading.batch.reviews[["author", "posted_on", "source"]].to_numpy().tolist() == [
        ["Odile Brandt", "2026-03-03T10:12:00-06:00", "email"]
    ]
    programs = mail(
        "My neck is free again. I slept all night, and I will be back!\n", **{"from": "Shop <no-reply@shop.example>"}
    )
    assert authors(read(tmp_path, "b.eml", programs)) == [None]


def test_a_mail_that_was_passed_on_is_by_its_first_sender(tmp_path):
    desk = {"from": "Front Desk <desk@willow.example>", "subject": "Fwd: thanks"}
    reading = read(tmp_path, "a.eml", mail(FORWARD, **desk))
    assert told(reading) == [("Ines Maurer", "I can lift my arm again, and I recommend you to everyone.")]
    assert reading.batch.reviews["posted_on"].tolist() == ["2026-03-04T09:12:00"]
    attached = mail("For the wall!", {"thanks.eml": mail(LETTER)}, **desk)
    assert told(read(tmp_path, "b.eml", attached)) == [("Odile", BODY)]


@pytest.mark.parametrize(
    "words",
    [
        "Could I come at four instead of three on Thursday? That would be great.\n\nOdile\n",
        "Please find attached the table that you asked for.\n\nBest,\nOdile\n",
        "My shoulder hurts since Monday. Do you have time for me this week?\n\nThanks,\nOdile Brandt\n",
        "Your invoice no. 4711 is ready. Please pay within 14 days.\n\nKind regards,\nCorner Bakery\n",
    ],
)
def test_a_mail_that_says_nothing_of_a_visit_gives_nothing(tmp_path, words):
    assert told(read(tmp_path, "a.eml", mail(words))) == []


def test_a_mail_with_no_words_of_its_own(tmp_path):
    with pytest.raises(NotReviewsError, match="no words of its own"):
        read(tmp_path, "a.eml", mail("> I can lift my arm again, and I recommend you to everyone.\n"))


def test_what_the_practice_itself_sends(tmp_path):
    ours = mail(
        "I was so happy to see you! I loved our session, I felt how your knee feels better, and I know that you can walk again.\n",
        **{"from": "Lena Moss <lena@willow.example>"},
    )
    assert authors(read(tmp_path, "a.eml", ours)) == ["Lena Moss"]
    assert authors(read(tmp_path, "a.eml", ours, staff=(StaffMember("lena moss"),))) == []
    assert authors(read(tmp_path, "a.eml", ours, practice=Practice(name="Lena Moss"))) == []
    collected = "From the guest book:\n\n" + "".join(f'"{words}" - {name}\n\n' for name, words in WORDS)
    ours = mail(collected, **{"from": "Lena Moss <lena@willow.example>"})
    assert authors(read(tmp_path, "a.eml", ours, staff=(StaffMember("Lena Moss"),))) == [name for name, _ in WORDS]


def test_a_mail_in_html_and_old_encodings(tmp_path):
    page = "<p>Dear Lena,</p><p>my neck is free again, and I sleep through the night. Thank you so much!</p><p>Zoë Kern</p>"
    assert authors(read(tmp_path, "a.eml", mail(None, html=page))) == ["Zoë Kern"]
    old = b"From: =?iso-8859-1?q?Zo=EB_Kern?= <z@mail.example>\nMessage-ID: <1@x>\nContent-Type: text/plain; charset=%s\n\nMy neck is free again, and I can sleep. It didn\x92t hurt at all, and I will be back!\n"
    for charset in (b"windows-1252", b"none-such", b"utf-8"):
        ((author, words),) = told(read(tmp_path, "a.eml", old % charset))
        assert (author, "didn’t" in words) == ("Zoë Kern", True)


def test_mailboxes(tmp_path):
    mails = [
        mail(LETTER),
        mail("Thursday at four?\n"),
        mail(FORWARD + "\n>From here on I will come each week.\n", subject="Fwd: x"),
        mail("Table", {"a.csv": csv()}),
    ]
    reading = read(tmp_path, "all.mbox", mailbox(mails))
    assert (reading.kind, reading.source) == ("mbox", "email")
    assert authors(reading) == ["Odile", "Ines Maurer", "Odile Brandt", "Per Lindqvist"]
    assert {role.place.split(",")[0] for role in reading.roles} == {"part 1", "part 2", "part 3", "part 4"}
    with pytest.raises(NotReviewsError, match="none of its 2 parts"):
        read(tmp_path, "b.mbox", mailbox([mail("Thursday at four?\n"), mail("Friday at five?\n")]))


# Documents


def letters(document):
    for name, words in WORDS:
        for line in ("Dear Lena,", words, "Thank you for your patience with me.", "Sincerely,", name):
            document.add_paragraph(line)
        document.add_page_break()


def headings(document):
    document.add_heading("What our clients say", 1)
    for name, words in WORDS:
        document.add_heading(name, 2)
        document.add_paragraph(words)


def lines(document):
    for name, words in WORDS:
        for line in (words, name, ""):
            document.add_paragraph(line)


def breaks(document):
    for name, words in WORDS:
        paragraph = document.add_paragraph(words)
        paragraph.add_run().add_break()
        paragraph.add_run(name).bold = True


def wall(document):
    table = document.add_table(1, 3)
    for cell, (name, words) in zip(table.rows[0].cells, WORDS, strict=True):
        cell.text = f'"{words}"'
        cell.add_paragraph(f"- {name}")


@pytest.mark.parametrize("build", [letters, headings, lines, breaks, wall])
def test_word_documents(tmp_path, build):
    found = told(read(tmp_path, "a.docx", word(build)))
    assert [author for author, _ in found] == [name for name, _ in WORDS]
    assert all(words in text for (_, text), (_, words) in zip(found, WORDS, strict=True))


def test_a_table_in_word_is_a_table(tmp_path):
    reading = read(tmp_path, "a.docx", word(add_table))
    assert reading.batch.reviews["rating"].tolist() == [5, 3]
    assert reading.batch.reviews["posted_on"].tolist() == ["2026-03-14", "2026-04-02"]
    assert [one.row for one in reading.batch.rejects] == [4]


def test_changes_in_word_count_as_made(tmp_path):
    plain = word(
        lambda document: (
            document.add_paragraph("STRUCK MOVED I can lift my arm again, and I recommend you to all.")
            and document.add_paragraph("- Odile Brandt")
        )
    )
    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    changed = b'<w:del w:id="1"><w:r><w:delText>STRUCK </w:delText></w:r></w:del><w:moveFrom w:id="2"><w:r><w:t>MOVED </w:t></w:r></w:moveFrom><w:ins w:id="3"><w:r><w:t>I can lift'
    body = (
        parts["word/document.xml"]
        .replace(b"<w:r><w:t>STRUCK MOVED I can lift", changed)
        .replace(b"to all.</w:t></w:r>", b"to all.</w:t></w:r></w:ins>")
    )
    found = told(read(tmp_path, "a.docx", zipped({**parts, "word/document.xml": body})))
    assert found == [("Odile Brandt", "I can lift my arm again, and I recommend you to all.")]


def test_pdfs_with_text(tmp_path):
    found = told(read(tmp_path, "a.pdf", golden_pdf()))
    assert found == WORDS
    story = [
        *wrapped("Dear Lena,"),
        "",
        *wrapped(WORDS[0][1], 30),
        "",
        *wrapped(WORDS[2][1], 30),
        "",
        "Sincerely,",
        "Odile Brandt",
    ]
    assert told(read(tmp_path, "b.pdf", pdf(story))) == [
        ("Odile Brandt", f"Dear Lena,\n\n{WORDS[0][1]}\n\n{WORDS[2][1]}")
    ]


def test_a_scan_says_so(tmp_path):
    with pytest.raises(UnreadableError, match="scan"):
        read(tmp_path, "a.pdf", pdf([]))


def test_rtf(tmp_path):
    letter = rb"{\rtf1\ansi\ansicpg1252 My neck is free, it didn\'92t hurt, and I will be back.\par\par - Zo\u235?}"
    assert told(read(tmp_path, "a.rtf", letter)) == [("Zoë", "My neck is free, it didn’t hurt, and I will be back.")]
