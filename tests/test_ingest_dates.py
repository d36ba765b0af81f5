from datetime import date, datetime

import pytest

from reviewpipe.ingest.dates import order_of, resolve

AS_OF = date(2026, 10, 31)


@pytest.mark.parametrize(
    ("value", "posted_on", "precision"),
    [
        ("2026-04-18", "2026-04-18", "day"),
        ("2026-04-18T19:32:11Z", "2026-04-18T19:32:11+00:00", "second"),
        ("2026-04-18T19:32:11.5Z", "2026-04-18T19:32:11+00:00", "second"),
        ("2026-04-18T19:32:11.123456789Z", "2026-04-18T19:32:11+00:00", "second"),
        ("2026-04-18T19:32:11+0000", "2026-04-18T19:32:11+00:00", "second"),
        ("2026-04-18 19:32:11", "2026-04-18T19:32:11", "second"),
        ("2026-04-18 00:00:00", "2026-04-18", "day"),
        ("2026-4-8", "2026-04-08", "day"),
        ("2026/04/18", "2026-04-18", "day"),
        (1785000000, "2026-07-25T17:20:00+00:00", "second"),
        (1785000000000, "2026-07-25T17:20:00+00:00", "second"),
        ("1785000000000000", "2026-07-25T17:20:00+00:00", "second"),
        (20260418, "2026-04-18", "day"),
        (46000, "2025-12-09", "day"),
        (datetime(2026, 3, 4), "2026-03-04", "day"),  # noqa: DTZ001 - as a workbook gives it
        (date(2026, 3, 4), "2026-03-04", "day"),
        ("06/16/2019 13:35:28", "2019-06-16T13:35:28", "second"),
        ("1/5/2026 12:05 AM", "2026-01-05T00:05:00", "second"),
        ("1/5/26", "2026-01-05", "day"),
        ("May 27, 2017", "2017-05-27", "day"),
        ("12 de enero de 2024", "2024-01-12", "day"),
        ("March 5, 2024 at 3:04 PM", "2024-03-05T15:04:00", "second"),
        ("2024-04", "2024-04-01", "month"),
        ("October 2025", "2025-10-01", "month"),
        ("04/2024", "2024-04-01", "month"),
        ("2 days ago", "2026-10-29", "relative"),
        ("Edited 2 months ago", "2026-08-31", "relative"),
        ("a month ago on Google", "2026-09-30", "relative"),
        ("hace un mes", "2026-09-30", "relative"),
        ("vor 2 Wochen", "2026-10-17", "relative"),
        ("acum 3 zile", "2026-10-28", "relative"),
        ("un mese fa", "2026-09-30", "relative"),
        ("2024", None, "none"),
        ("soon", None, "none"),
        ("", None, "none"),
        (None, None, "none"),
        (True, None, "none"),
        ("31/31/2026", None, "none"),
    ],
)
def test_spellings(value, posted_on, precision):
    (moment,) = resolve([value], as_of=AS_OF)
    assert (moment.posted_on, moment.precision, moment.reason) == (posted_on, precision, "")


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (["3/4/2026", "3/14/2026"], "MDY"),
        (["3/4/2026", "14/3/2026"], "DMY"),
        (["3.4.2026"], "DMY"),
        (["3-4-2026"], "MDY"),
        (["5/11/2026"], "MDY"),
        (["11/5/2026"], "DMY"),  # November has not come yet
    ],
)
def test_the_column_decides_the_order(texts, order):
    assert order_of(texts, as_of=AS_OF, fallback="MDY") == order


def test_what_the_owner_says_goes_before_the_column():
    assert [m.posted_on for m in resolve(["3/4/2026"], as_of=AS_OF, order="DMY")] == ["2026-04-03"]


def test_impossible_dates_are_refused():
    moments = resolve(["2026-11-02", "2026-11-01", "1899-12-30"], as_of=AS_OF)
    assert [m.reason for m in moments] == ["date in the future", "", "date before 1990"]
    assert moments[0].posted_on is None
