import pytest

from reviewpipe.store import Store

HEAD = "date,client,rating,comment\n"
ROWS = [
    "2026-08-03,Wanda Quillfeather,5,My shoulder is free again after two visits and I sleep",
    "2026-09-01,Ilka S.,5,My friend Quillfeather sent me here and my knee is fine now",
    "2026-09-14,Wanda Quillfeather,2,It came back within a week",
]


@pytest.fixture
def ready(project, call):
    (project / "data" / "raw" / "front desk.csv").write_text(HEAD + "\n".join(ROWS) + "\n", encoding="utf-8")
    assert call("run", "--project", project)[0] == 0
    for month in ("2026-08", "2026-09"):
        assert call("report", "--month", month, "--project", project)[0] == 0
    return project


def everything(project):
    """All that the program wrote, but for the key and the raw files."""
    paths = [p for p in project.rglob("*") if p.is_file() and "raw" not in p.parts and p.suffix != ".key"]
    return b"".join(path.read_bytes() for path in paths)


def test_a_person_is_forgotten_and_no_import_brings_them_back(ready, call):
    assert b"free again" in everything(ready)
    code, out, _ = call("forget", "--name", "wanda quillfeather", "--yes", "--project", ready)
    assert (code, "2 reviews removed" in out, "front desk.csv" in out) == (0, True, True)
    for trace in (b"free again", b"within a week", b"uillfeather"):
        assert trace not in everything(ready)
    (ready / "data" / "raw" / "again.csv").write_text(HEAD + "\n".join(reversed(ROWS)) + "\n", encoding="utf-8")
    code, out, _ = call("run", "--project", ready)
    assert "3 reviews read = 0 new + 0 edited + 1 duplicate + 2 rejected" in out
    assert b"free again" not in everything(ready)


def test_one_review_is_forgotten_by_the_beginning_of_its_id(ready, call):
    with Store.open(ready / "data" / "processed" / "reviews.db") as store:
        chosen = next(review for review in store.reviews() if "within a week" in review.text)
    assert call("forget", chosen.review_id[:12], "--yes", "--project", ready)[0] == 0
    assert b"within a week" not in everything(ready)
    assert b"free again" in everything(ready)


def test_nobody_of_that_name_and_no_such_id(ready, call):
    code, _, err = call("forget", "--name", "Nobody Else", "--yes", "--project", ready)
    assert (code, "as it was signed" in err, "Nobody" in err) == (2, True, False)
    code, _, err = call("forget", "zzz", "--yes", "--project", ready)
    assert (code, "means no review" in err) == (2, True)
