"""Invented reviews in every kind of file that holds others, and the golden files made of them.

`python tests/container_files.py` writes the golden files anew: archives and mails byte for byte as they are, the Word
document and the workbook as their libraries write them, with all dates set to one day.
"""

import gzip
import io
import tarfile
import zipfile
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import docx
import xlsxwriter

GOLDEN = Path(__file__).parent / "golden"
DAY = (2026, 10, 5, 9, 0, 0)
TABLE = [
    ["Date", "Name", "Rating", "Review"],
    ["2026-03-14", "Odile Brandt", 5, "My shoulder is free again, and I sleep on my left side."],
    ["2026-04-02", "Per Lindqvist", 3, "Kind people, but the session started late."],
    ["2031-01-01", "Tove Aaker", 5, "Warm and quiet."],
]
WORDS = [
    ("Tamsin Keel", "I came in with a stiff neck and left feeling light. The exercises help me every morning."),
    ("Ines Maurer", "I was disappointed. The session started late, and my back was sore for days."),
    ("Joss Adeyemi", "The room was calm, she listened to me, and I slept all night. I will be back!"),
]
LETTER = (
    "Dear Lena,\n\nmy knee has not felt this good since spring, and I walked to work today. "
    "Thank you for your patience with me.\n\nWarmly,\nOdile\n"
)
TAKEOUT = """{"reviews": [{"reviewer": {"displayName": "%s"}, "starRating": "FIVE", "comment": "%s",
"createTime": "2026-05-04T09:11:05.029392Z", "updateTime": "2026-05-04T09:11:05.029392Z",
"name": "accounts/1/locations/2/reviews/%s"}]}"""


def csv(rows=TABLE):
    return "".join(",".join(f'"{cell}"' for cell in row) + "\n" for row in rows).encode()


def zipped(parts, method=zipfile.ZIP_DEFLATED):
    """A ZIP of name: content, the same bytes every day."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name, DAY), part, method)
    return content.getvalue()


def tarred(parts):
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        for name, part in parts.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(part)
            archive.addfile(entry, io.BytesIO(part))
    return content.getvalue()


def mail(words, attachments=None, **fields):
    """A mail as a mail program sends it; `fields` are its headers, `html` a second body."""
    message = EmailMessage(policy=SMTP)
    html = fields.pop("html", None)
    said = {"from": "Odile Brandt <odile@mail.example>", "to": "Lena <lena@willow.example>", "subject": "Thank you"}
    for name, value in {
        **said,
        "date": "Tue, 03 Mar 2026 10:12:00 -0600",
        "message-id": "<1@mail.example>",
        **fields,
    }.items():
        message[name] = value
    if words is not None:
        message.set_content(words)
    if html and words is not None:
        message.add_alternative(html, subtype="html")
    elif html:
        message.set_content(html, subtype="html")
    for name, content in (attachments or {}).items():
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    if message.is_multipart():
        message.set_boundary("=_between_the_parts")
        for inner in message.iter_parts():
            if inner.is_multipart():
                inner.set_boundary("=_between_the_bodies")
    return message.as_bytes()


def mailbox(mails):
    return b"".join(b"From sender Tue Mar  3 10:12:00 2026\n" + one.replace(b"\r\n", b"\n") + b"\n" for one in mails)


def same_day(office):
    """An Office file with one day in all of its entries."""
    with zipfile.ZipFile(io.BytesIO(office)) as archive:
        return zipped({name: archive.read(name) for name in archive.namelist()})


def word(build):
    """A Word document; `build` puts something into it."""
    document = docx.Document()
    build(document)
    content = io.BytesIO()
    document.save(content)
    return same_day(content.getvalue())


def add_table(document, rows=TABLE):
    table = document.add_table(0, len(rows[0]))
    for row in rows:
        for cell, value in zip(table.add_row().cells, row, strict=True):
            cell.text = str(value)


def golden_word(document):
    document.add_heading("What our clients say", 1)
    for name, words in WORDS:
        document.add_paragraph(f"“{words}” – {name}", style="List Bullet")
    document.add_heading("From the front desk", 1)
    add_table(document)


def xlsx(rows=TABLE):
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet("Reviews")
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    return content.getvalue()


def ods(rows=TABLE, *, repeated=1):
    """An OpenDocument spreadsheet; every cell stands there `repeated` times, said in a number."""
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell table:number-columns-repeated="{repeated}" office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
            for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    content = (
        f'<office:document-content {names}><office:body><office:spreadsheet><table:table table:name="Reviews">{cells}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    return zipped({"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": content}, zipfile.ZIP_STORED)


def pdf(lines):
    """A page of PDF with lines of text 14 points apart, and 28 where one is empty."""
    shown = " ".join(f"({line}) Tj 0 -14 Td" for line in lines)
    drawn = f"BT /F1 11 Tf 60 740 Td {shown} ET" if lines else "0 0 m"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    content, places = "%PDF-1.4\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(content))
        content += f"{number} 0 obj\n{one}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    trailer = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(content)}\n%%EOF\n"
    return (content + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n" + table + trailer).encode("latin-1")


def wrapped(words, width=60):
    """Words in lines, as a page holds them."""
    lines = [""]
    for one in words.split():
        lines = [*lines[:-1], f"{lines[-1]} {one}".strip()] if len(lines[-1]) + len(one) < width else [*lines, one]
    return lines


def golden_pdf():
    blocks = [[*wrapped(words), f"- {name}", ""] for name, words in WORDS]
    return pdf(["What our clients say", "", *(line for block in blocks for line in block)])


def golden_zip():
    return zipped(
        {
            "Takeout/Google Business Profile/account-1/location-2/reviews.json": TAKEOUT
            % ("Tamsin Keel", "My neck is free again.", "a"),
            "Takeout/Google Business Profile/account-1/location-2/reviews-x.json": TAKEOUT
            % ("Ines Maurer", "She found the cause of my headaches.", "b"),
            "Takeout/Google Business Profile/account-1/location-2/data.json": '{"title": "Willow"}',
            "Takeout/Google Business Profile/account-1/location-2/media-1.jpeg": b"\xff\xd8\xff",
            "front desk/October.csv": csv(),
            "front desk/broken.json": '{"reviews": [',
            "yelp/copy.csv": csv(),
            "__MACOSX/._October.csv": b"\0\5\x16\7",
        }
    )


def golden_mailbox():
    return mailbox(
        [
            mail(LETTER),
            mail("Could I come at four instead of three on Thursday?\n\nOdile\n", subject="Thursday"),
            mail(
                "For the wall.\n\n---------- Forwarded message ---------\nFrom: Ines Maurer <ines@mail.example>\n"
                "Date: Wed, Mar 4, 2026 at 9:12 AM\nSubject: last week\nTo: Lena <lena@willow.example>\n\n"
                "I was disappointed. The session felt rushed, and my back was sore for days.\n",
                subject="Fwd: last week",
                **{"from": "Front desk <desk@willow.example>"},
            ),
            mail(
                "See the table.\n",
                {"October.csv": csv()},
                **{"from": "Front desk <desk@willow.example>"},
                subject="October",
            ),
        ]
    )


GOLDEN_FILES = {
    "docx/clients.docx": lambda: word(golden_word),
    "xlsx/front-desk.xlsx": lambda: same_day(xlsx()),
    "ods/front-desk.ods": ods,
    "pdf/clients.pdf": golden_pdf,
    "rtf/letter.rtf": lambda: rb"{\rtf1\ansi\deff0 " + LETTER.replace("\n", "\\par\n").encode() + b"}",
    "eml/thank-you.eml": lambda: mail(LETTER, html=f"<p>{LETTER}</p>"),
    "mbox/clients.mbox": golden_mailbox,
    "zip/everything.zip": golden_zip,
    "gzip/reviews.csv.gz": lambda: gzip.compress(csv(), mtime=0),
    "tar/reviews.tgz": lambda: gzip.compress(tarred({"google/reviews.csv": csv()}), mtime=0),
}

if __name__ == "__main__":
    for name, make in GOLDEN_FILES.items():
        path = GOLDEN / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(make())
