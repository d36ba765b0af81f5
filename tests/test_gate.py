"""The leak gate finds a planted name in every kind of output and any disguise, and is silent on ordinary words."""

import base64
import gzip
import io
import json
import time
import zipfile

import pytest
import xlsxwriter

from reviewpipe.anonymise import Key, Known, Roster, name_fingerprints
from reviewpipe.anonymise.gate import search
from reviewpipe.config import StaffMember
from reviewpipe.store import Store

KEY = Key(bytes(range(32)))
PEOPLE = ["Zebulon Thackery", "Hope May", "Mark Page", "Will Best", "José Ñáñez", "Anne-Sophie Grünwald", "Joy K."]
KNOWN = Known.of([f for name in PEOPLE for f in name_fingerprints(name, KEY)], KEY)
ROSTER = Roster(staff=(StaffMember("Quillon Farraday"), StaffMember("Bettina Crowe", shown_as="Bettina C.")))


def leaks(name, content, allowed=()):
    return search({name: content if isinstance(content, bytes) else content.encode()}, KNOWN, ROSTER, allowed)


@pytest.mark.parametrize(
    "written",
    ["Zebulon", "zebulon", "ZEBULON", "Zebulon's", "ZEBULON’S", "Zébulon", "Ze\u200bbulon", "Zebu\u00adlon", "Ｚｅｂｕｌｏｎ", "Zеbulon",
     "\u202eZebulon", "x_zebulon_y", "zebulon.t@example.org", "Thackery", "Hope May", "HOPE  MAY", "Hope-May", "hope_thackery", "Mark Page", "Nanez", "JOSE NANEZ",
     "Z e b u l o n", "Z.e.b.u.l.o.n", "a z-e-b-u-l-o-n", "Zebul0n", "Z3bulon", "F@rraday", "TH@CKERY", "Thack3ry",
     "Anne-Sophie", "sophie gruenwald and grunwald", "Joy K.", "Quillon", "FARRADAY"],
)  # fmt: skip
def test_any_disguise(written):
    assert leaks("report.txt", f"line one\nabout {written} here")[0].place == "line 2"


def test_a_store_that_is_asked_knows_the_same_names_as_one_that_is_read(tmp_path):
    people = [*PEOPLE, "Ana Maria de la Cruz", "王小明"]
    texts = [
        "Zebulon",
        "hope",
        "Hope May",
        "May Hope",
        "Joy K.",
        "Ana Maria de la Cruz",
        "Ana Cruz",
        "Maria",
        "谢谢王小明",
        "my knee",
    ]
    with Store.open(tmp_path / "reviews.db") as store:
        with store.transaction():
            for name in people:
                store.add_names(name_fingerprints(name, KEY))
        read = Known.of(store.names(), KEY)
        asked = Known(key=KEY, lengths=tuple(store.lengths()), knows=store.knows)
        assert read.lengths == asked.lengths
        assert (store.has_names(5), store.has_names(500)) == (True, False)
        found = [[bool(search({"a.txt": text.encode()}, known, ROSTER)) for text in texts] for known in (read, asked)]
    assert found[0] == found[1]
    assert found[0] == [True, False, True, False, True, True, True, True, True, False]


@pytest.mark.parametrize(
    "page",
    [
        "<p>Zebulon</p>",
        "<p>Ze<b>bul</b>on</p>",
        "<p>&#90;ebulon</p>",
        '<div title="by zebulon">x</div>',
        '<div data-x="%5Aebulon">x</div>',
        "<img alt=Zebulon>",
        "<div data-zebulon=1>x</div>",
        "<!-- Zebulon -->",
        '<script>var a = "\\u005aebulon";</script>',
        '<script>var a = "text\\nZebulon";</script>',
        '<script>var a = "\\x5aebulon";</script>',
        '<script type="application/json">{"a": [{"b": "\\u005aebulon"}]}</script>',
        '<script type="application/json">{"zebulon": 1}</script>',
        '<style>p::before {content: "Zebulon"}</style>',
        "<svg><text>Zebulon</text></svg>",
        "<title>Zebulon</title>",
        "<p>Hope\nMay</p>",
    ],
)
def test_html(page):
    found = leaks("page.html", f"<html><body>\n{page}\n</body></html>")
    assert found
    assert all("zebulon" not in str(leak).lower() for leak in found)


@pytest.mark.parametrize(
    ("name", "content", "place"),
    [
        ("a.json", '{"x": [1, {"y": "Zebulon"}]}', "$.1[1].1"),
        ("a.json", '{"Zebulon": 1}', "$, key 1"),
        ("a.json", '{"x": "Zebulon", "x": "nobody"}', "$.1"),
        ("a.json", '{"x": "\\u005aebulon"', "not JSON, its line 1"),
        ("a.jsonl", '{"x": 1}\n{"x": "zebulon"}\n', "line 2, $.1"),
        ("a.csv", 'x,y\n1,"a\nZebulon"\n', "row 2, column 2"),
        ("a.md", "# Title\n\nZe&#98;ulon\n", "line 3"),
        ("a.log", "ok\nZebulon", "line 2"),
    ],
)
def test_places(name, content, place):
    assert [leak.place for leak in leaks(name, content)] == [place]


def workbook(cell="x", sheet="x", author="x", formula_text="x"):
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"author": author})
    page = book.add_worksheet(sheet)
    page.write_string(0, 0, cell)
    page.write_comment(1, 1, formula_text)
    book.close()
    return out.getvalue()


@pytest.mark.parametrize("where", ["cell", "sheet", "author", "formula_text"])
def test_xlsx(where):
    assert leaks("a.xlsx", workbook(**{where: "Zebulon"}))


def test_a_plain_workbook_passes():
    assert leaks("a.xlsx", workbook()) == []


def test_parquet():
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    out = io.BytesIO()
    pq.write_table(pa.table({"text": ["fine", "by Zebulon"]}), out)
    assert [leak.place for leak in leaks("a.parquet", out.getvalue())] == ["column 1, row 2"]


def test_file_names():
    found = search({"reports/zebulon.html": b"<p>x</p>"}, KNOWN, ROSTER, ())
    assert [str(leak) for leak in found] == ["output 1: file name"]


def test_a_part_of_an_archive():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("zebulon.txt", "x")
    assert all("zebulon" not in str(leak).lower() for leak in leaks("a.zip", out.getvalue()))
    assert leaks("a.zip", out.getvalue())


ORDINARY = """We hope it may help. Will you mark the page? The best page, mark my words. May was best, will be back in June.
Hope: may she come. Joy is kind. Best will. It may be that hope is all. We lost hope. May I? I hope may be, mark page 3. Joy. K-tape."""


@pytest.mark.parametrize("name", ["a.html", "a.md", "a.txt", "a.json", "a.csv"])
def test_ordinary_words_pass(name):
    assert leaks(name, ORDINARY) == []


def test_markup_words_pass():
    people = ["Georgia Hunt", "Jason Script", "Arial Bold", "Verdana Font", "Aria Len", "Meta Lang"]
    known = Known.of([f for name in people for f in name_fingerprints(name, KEY)], KEY)
    page = b"""<meta charset="utf-8"><style>p {font-family: Georgia, Verdana; margin: 0}</style>
        <p style="font-family: Georgia; color: red" aria-label="x" lang="en">ok</p>
        <script>x.ariaLabel = null; len(meta["aria-label"])</script>"""
    assert search({"a.html": page}, known, ROSTER, ()) == []


def test_what_the_owner_chose_to_show_passes():
    assert leaks("a.html", "<p>Bettina C. is in</p>") == []
    assert leaks("a.html", "<p>Bettina Crowe is in</p>") != []
    assert leaks("a.html", "<h1>Thackery Massage</h1>", allowed=["Thackery Massage Therapy"]) == []


def test_plotlys_own_bundle_passes_quickly_and_only_whole():
    bundle = pytest.importorskip("plotly.offline").get_plotlyjs()
    names = Known.of([f for name in [*PEOPLE, "Mathew Layout"] for f in name_fingerprints(name, KEY)], KEY)
    page = f"<html><p>fine</p><script>{bundle}</script></html>"
    start = time.process_time()
    assert search({"a.html": page.encode()}, names, ROSTER, ()) == []
    assert time.process_time() - start < 5  # 0.2 s on a quiet machine
    packed = base64.b64encode(gzip.compress(bundle.encode())).decode()
    assert search({"a.html": f'<script type="text/plain">{packed}</script>'.encode()}, names, ROSTER, ()) == []
    assert leaks("a.html", f'<script type="text/plain">{packed}; Zebulon</script>')
    other = "var a = 1;\n" * 60_000 + 'var b = "Zebulon";'
    assert leaks("a.html", f"<script>{other}</script>")


def test_many_quotes_are_searched_in_time():
    quotes = [{"text": f"They listened to me for visit {i} and it was kind", "n": i} for i in range(5_000)]
    page = f'<script type="application/json">{json.dumps(quotes)}</script>'
    start = time.process_time()
    assert leaks("a.html", page) == []
    assert time.process_time() - start < 5  # 0.1 s on a quiet machine


@pytest.mark.parametrize(
    "text",
    [
        "a b c d e f",
        "J F M A M J J A S O N D",
        "5k3m2n ab3e1d dea1b",
        "Thack@ray.example",
        "zebu10",
        "L4 n L5",
        "http://a.example/x?id=aZe3BuL0nq",
    ],
)
def test_letters_and_signs_that_hide_nobody_pass(text):
    known = Known.of([f for name in (*PEOPLE, "Abed Deal") for f in name_fingerprints(name, KEY)], KEY)
    assert search({"a.txt": text.encode()}, known, ROSTER) == []


@pytest.mark.parametrize("made", ["df558dfc7771490a8e64619bea33ba7b", "0" * 20 + "bea" + "1" * 9])
def test_ids_made_of_letters_by_chance_are_no_names(made):
    known = Known.of(name_fingerprints("Bea Lind", KEY), KEY)
    policy = "sha256-Qm1+bea/9+bea+0" + "A" * 28 + "="
    assert not search({"a.json": f'{{"id": "{made}"}}'.encode()}, known, Roster())
    assert not search({"a.html": f"<meta content=\"script-src '{policy}'\">".encode()}, known, Roster())
    assert search({"a.json": b'{"id": "123bea456"}'}, known, Roster())
