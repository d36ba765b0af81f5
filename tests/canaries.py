"""Fifty invented names that must never come out, in every kind of file that a practice may have, and their search."""

import csv
import gzip
import html
import io
import json
import os
import re
import sqlite3
import unicodedata
import zipfile
from pathlib import Path
from urllib.parse import quote, unquote

import docx
import xlsxwriter

import container_files as files
from reviewpipe import dashboard

# Reviewers of many origins; every part of these is searched for, as none is a word of ours.
ODD = (
    "Zebulon Quackenbush", "Philomenka Ostrowicz", "Thaddeusz Vrbanski", "Ngozika Adeyemi-Brightwaterson", "Xiomarita Fuentesol",
    "Siobhandra O'Mulvaney", "D’Angelique Tremontaine", "Oluwaseyifunmi Adebanwoke", "Nguyet-Anhdao Phamthien", "Jiratchaya Wongsuwanit",
    "Krzesimir Brzezniak", "Þórdísa Hrafnkelling", "Bjørgulf Næsheimen", "Małgorzatka Śliwczyńska", "Çağlarhan Özgüvenli",
    "Anaïssa Lévesquet", "Iñakito Etxebarrena", "Jean-Baptistin Courvoisant", "Lakshmipriya Venkataraghav", "Harpreetinder Sandhawal",
    "Kealohanani Kapuleopuna", "Mehrdadak Farrokhzadeh", "Yevpraksiya Kovalchukova", "Giancarletto Bevilacquini", "Wilhelmijntje van der Zwaluw",
    "Fatoumatou N'Diayeba", "Abdulrashidun El-Khourani", "Takeshiro Minamotogawa", "Dr. Ottoline Fazackerley", "J.T. Quillibrand",
    "Ferdinanda Thwaitesby Jr.",
)  # fmt: skip
FOREIGN = (
    "欧阳慧珊", "白鳥沢美鈴", "김나래별", "Дорофея Кузнечихина", "Агриппина Шмелёва", "Αγησίλαος Παπαδημούλης", "شهرزاد القاضوي", "צפורית דורבנית",
    "अनन्यिका देशपांडेकर", "Զարուհի Մկրտումյան",
)  # fmt: skip
# These are known only in full: the parts are words, or have two letters.
WORDS = ("Hope Winters", "Mark Rivers", "Joy Field", "Bo Li", "Jo Xu")
STAFF = ("Quillonette Farradayle", "Bettinella Crowhurst-Voss", "Ruaridhan MacIlvennie", "Isoldina Pettigrewe")
REVIEWERS = (*ODD, *FOREIGN, *WORDS)
assert len(REVIEWERS) + len(STAFF) == 50

SETTINGS = """[practice]
name = "Willow Massage"
license_number = "227.000000"
[thresholds]
max_rejected_share = 1.0
""" + "".join(f'[[staff]]\nname = "{name}"\n' for name in STAFF)

BODY = ("shoulder", "hip", "jaw", "lower back", "knee", "left foot", "neck", "wrist", "elbow", "rib cage")
DEED = (
    "swim again",
    "sleep through the night",
    "sit at my desk",
    "carry my shopping",
    "turn my head",
    "climb the stairs",
    "play the cello",
)
WHY = (
    "after a fall on the ice",
    "since the second birth",
    "from years of driving",
    "because of an old break",
    "ever since the move",
)


def said(name):
    """What a reviewer writes: about herself, one of the staff, and a friend who is a reviewer in another file."""
    at = REVIEWERS.index(name)
    first = name if name in (*WORDS, *FOREIGN) or "." in name else name.split()[0]
    address = re.sub(r"[^a-z]", "", name.casefold()) + "@mail.example"
    parts = [
        f"My {BODY[at % 10]} hurt {WHY[at % 5]} and I could not {DEED[at % 7]}.",
        f"{first} was with me and saw how the {BODY[(at + 3) % 10]} let go on visit {at + 2}.",
        f"Ask for {name.upper()}! I am {name}, I {DEED[(at + 2) % 7]} now, and {STAFF[at % len(STAFF)]} found the spot.",
        f"My friend {REVIEWERS[(at + 17) % len(REVIEWERS)]} sent me here for the {BODY[(at + 5) % 10]}, {WHY[(at + 1) % 5]}.",
        f"Far better than any chiropractor ({address}).",
    ]
    start = at % 4
    return " ".join([*parts[start:], *parts[:start]])


def rows(names):
    """A front desk's table: for each a good row, one with a date that is none, and one of the future."""
    good = [["2026-09-01", name, "5", said(name)] for name in names]
    bad = [[day, row[1], "5", row[3][::-1]] for row in good for day in ("99/99/9999", "2091-01-01")]
    return [["Date", "Client", "Stars", "Comment"], *good, *bad]


def table(names, delimiter=","):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows(names))
    return out.getvalue().encode()


def takeout(names):
    return json.dumps(
        {
            "reviews": [
                {
                    "reviewer": {"displayName": name, "profilePhotoUrl": f"https://pic.example/{quote(name)}"},
                    "starRating": "FIVE", "comment": said(name), "createTime": "2026-09-02T10:00:00Z",
                    "updateTime": "2026-09-02T10:00:00Z", "name": f"accounts/1/locations/2/reviews/{quote(name)}",
                    "reviewReply": {"comment": f"Thank you {name}!", "updateTime": "2026-09-03T10:00:00Z"},
                }
                for name in names
            ]
        }
    ).encode()  # fmt: skip


def json_lines(names):
    lines = [{"author": name, "date": "2026-09-03", "rating": 5, "text": said(name)} for name in names]
    return "".join(
        json.dumps(one, ensure_ascii=False) + "\n" for one in [*lines, {**lines[0], "date": "2091-01-01"}]
    ).encode()


def page(names):
    """A page with the reviews in JSON-LD for machines, and with a name in its title, its meta data and a comment."""
    data = {
        "@context": "https://schema.org", "@type": "LocalBusiness", "name": "Willow Massage",
        "review": [
            {
                "@type": "Review", "author": {"@type": "Person", "name": name}, "datePublished": "2026-09-04", "reviewBody": said(name),
                "reviewRating": {"@type": "Rating", "ratingValue": 5},
            }
            for name in names
        ],
    }  # fmt: skip
    title = html.escape(names[0])
    return (
        f'<html><head><title>{title}</title><meta name="author" content="{title}"><!-- {title} -->'
        f'<script type="application/ld+json">{json.dumps(data)}</script></head><body><h1>Reviews</h1></body></html>'
    ).encode()


def quotations(names):
    told = "".join(
        f"<blockquote><p>{html.escape(said(n))}</p><cite>{html.escape(n)}</cite></blockquote>" for n in names
    )
    return f"<html><head><meta charset='utf-8'></head><body><h2>What clients say</h2>{told}</body></html>".encode()


def paste(names):
    return ("What clients say\n\n" + "".join(f"{said(name)}\n\n- {name}\n\n" for name in names)).encode()


def markdown(names):
    return ("# What clients say\n\n" + "".join(f"> {said(name)}\n>\n> — {name}\n\n" for name in names)).encode()


def workbook(names):
    """Names also in the sheet's name, the properties, a comment and a heading."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.set_properties({"author": names[0], "title": names[0], "comments": names[0]})
        sheet = book.add_worksheet(re.sub(r"[^\w ]", " ", names[0])[:31])
        for at, row in enumerate(rows(names)):
            sheet.write_row(at, 0, [*row, "x" if at else f"Told {names[0]}"])
        sheet.write_comment(1, 1, names[0])
    return out.getvalue()


def document(names):
    made = docx.Document()
    made.core_properties.author = made.core_properties.title = names[0]
    made.add_heading("What our clients say", 1)
    for name in names:
        made.add_paragraph(f"“{said(name)}” – {name}", style="List Bullet")
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def letter(name, **more):
    header = {
        "from": f"{name} <client@mail.example>",
        "subject": f"Thank you from {name}",
        "reply-to": f"{name} <a@mail.example>",
    }
    return files.mail(
        f"Dear all,\n\nthank you so much for your patience with me. {said(name)}\n\nWarmly,\n{name}\n",
        more or None,
        **header,
    )


def rich(names):
    coded = "".join(
        c if ord(c) < 128 and c not in "\\{}" else f"\\u{ord(c)}?"
        for c in f"Dear all,\n\n{said(names[0])}\n\nWarmly,\n{names[0]}\n"
    )
    return (r"{\rtf1\ansi{\info{\author " + names[0] + "}}" + coded.replace("\n", "\\par\n") + "}").encode()


def portable(names):
    lines = [[*files.wrapped(said(name).replace("(", "[").replace(")", "]")), f"- {name}", ""] for name in names]
    return files.pdf(["What our clients say", "", *(line for block in lines for line in block)])


def plant(raw):
    """Every name into the folder of raw files, each kind of file with two or three of them; what is broken, too."""
    left = iter([*ODD[:6], *FOREIGN[:2], *ODD[6:], *FOREIGN[2:], *WORDS])

    def some(count):
        return [next(left) for _ in range(count)]

    content = {}
    latin = some(2)
    content[f"{latin[0]}/clients.pdf"] = portable(latin)
    content["letters/thanks.rtf"] = rich(one := some(1))
    content[f"letters/from {one[0]}.eml"] = letter(next(left))
    for place, make in {
        "desk.csv": table, "desk.tsv": lambda names: table(names, "\t"), "google/reviews.json": takeout, "lines.jsonl": json_lines,
        "page.html": page, "quotations.html": quotations, "paste.txt": paste, "notes.md": markdown, "guests.xlsx": workbook,
        "guests.ods": lambda names: files.ods([[html.escape(str(cell)) for cell in row] for row in rows(names)]), "wall.docx": document,
        "old.csv.gz": lambda names: gzip.compress(table(names)), "backup.tgz": lambda names: gzip.compress(files.tarred({f"{names[0]}.csv": table(names)})),
        "takeout.zip": lambda names: files.zipped({f"{names[0]}/{names[1]}.csv": table(names), f"{names[1]}.bin": b"\x7fELF"}),
        "mails.mbox": lambda names: files.mailbox([letter(name) for name in names]),
        "attached.eml": lambda names: letter(names[0], **{f"{names[1]}.csv": table(names)}),
    }.items():  # fmt: skip
        content[place] = make(some(2))
    rest = list(left)
    content[f"{rest[0]}.csv"] = table(rest)
    broken(content)
    for place, made in content.items():
        (raw / place).parent.mkdir(parents=True, exist_ok=True)
        (raw / place).write_bytes(made)


def broken(content):
    """Files that cannot be read, or only in part, each named after somebody; and somebody's name where no review is."""
    names = iter(ODD)
    for place in [
        "desk.csv",
        "google/reviews.json",
        "page.html",
        "guests.xlsx",
        "guests.ods",
        "wall.docx",
        "takeout.zip",
        "old.csv.gz",
    ]:
        suffix = "".join(Path(place).suffixes)
        whole = content[place]
        content[f"broken/{next(names)}{suffix}"] = whole[: len(whole) * 2 // 3]
        content[f"broken/half {next(names)}{suffix}"] = (
            whole[: len(whole) // 3] + bytes(range(256)) + whole[len(whole) // 2 :]
        )
    content[f"broken/{next(names)}.csv"] = b""
    content[f"broken/{next(names)}.txt.crdownload"] = b"still arriving"
    content[f"broken/{next(names)}.json"] = b'{"' + next(names).encode() + b'": [1, 2, {"x": ' + b"[" * 2000
    content[f"broken/{next(names)}.jpg"] = b"\xff\xd8\xff" + next(names).encode()
    content["broken/wide.csv"] = (
        ",".join(f"told {name}" for name in ODD) + "\n" + ",".join("x" for _ in ODD) + "\n"
    ).encode()


# --- the search


def folded(text):
    """One spelling for all; made without the program's own folding, on purpose."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in bare if not unicodedata.combining(c) and unicodedata.category(c) != "Cf")


def _patterns():
    """What is searched for: each part of an odd name, and the names of words as a whole."""
    parts = {
        part
        for name in (*ODD, *FOREIGN, *STAFF)
        for part in re.split(r"[\s'’.-]+", re.sub(r"\b(?:Dr|Jr|van|der|El)\b", " ", unicodedata.normalize("NFC", name)))
        if len(part) > 2 or (part and not part.isascii())
    }
    whole = [r"(?<![^\W_])" + r"[\s_.+-]{1,3}".join(folded(name).split()) + r"(?![^\W_])" for name in WORDS]
    return re.compile("|".join([*(re.escape(folded(part)) for part in sorted(parts)), *whole]))


PATTERN = _patterns()


def canaries_in(content):
    """The canaries in bytes, however they are escaped there."""
    text = content.decode("utf-8", "replace")
    views = {
        text,
        html.unescape(text),
        unquote(text),
        re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), text),
    }
    views |= {content.decode("utf-16-le", "ignore")} if b"\0" in content else set()
    return sorted({match for view in views for match in PATTERN.findall(folded(view))})


def canaries_of(path):
    """The canaries in a file, its name and what is packed in it."""
    # The packed script is plotly's own (test_dashboard shows it); by chance its letters spell short names.
    content = path.read_bytes().replace(dashboard.bundle().encode(), b"")
    found = canaries_in(path.name.encode()) + canaries_in(content)
    if content[:4] == b"PK\3\4":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            found += [hit for part in archive.namelist() for hit in canaries_in(part.encode() + archive.read(part))]
    if content[:4] == b"PAR1":
        import pyarrow.parquet as pq

        read = pq.read_table(path)
        found += canaries_in(f"{read.schema.metadata}{read.to_pylist()}".encode())
    if content[:16] == b"SQLite format 3\0":
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as direct:
            found += [hit for line in direct.iterdump() for hit in canaries_in(line.encode())]
        direct.close()
    return found


def written(*folders):
    """Every file below folders, but for the raw ones and the key."""
    found = [Path(place) / name for folder in folders for place, _, names in os.walk(folder) for name in names]
    return [path for path in found if "raw" not in path.parts and ".key" not in path.suffixes]
