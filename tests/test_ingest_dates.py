import time
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
        ("2026-04-18T19:32:11,5Z", "2026-04-18T19:32:11+00:00", "second"),
        ("2026-04-18 19:32:11 UTC", "2026-04-18T19:32:11+00:00", "second"),
        ("2026-04-18 19:32:11 +0000 UTC", "2026-04-18T19:32:11+00:00", "second"),
        ("2026-04-18 19:32:11 -07:00", "2026-04-18T19:32:11-07:00", "second"),
        ("2026-04-18 7:32 PM", "2026-04-18T19:32:00", "second"),
        ("2026-04-18 7:32 pm", "2026-04-18T19:32:00", "second"),
        ("2026-04-18T24:00:00", "2026-04-18", "day"),
        ("20260418T193211Z", "2026-04-18T19:32:11+00:00", "second"),
        ("2026-W16-6", "2026-04-18", "day"),
        ("04/18/2026 19:32:11 UTC", "2026-04-18T19:32:11+00:00", "second"),
        ("04/18/2026 25:99", "2026-04-18", "day"),
        ("Sat, 18 Apr 2026 19:32:11 GMT", "2026-04-18T19:32:11+00:00", "second"),
        ("Sat Apr 18 2026 19:32:11 GMT+0200 (Central European Summer Time)", "2026-04-18T19:32:11+02:00", "second"),
        ("1/5/26, 3:04\u202fPM", "2026-01-05T15:04:00", "second"),
        ("\u200e1/5/2026", "2026-01-05", "day"),
        ("18-Apr-26", "2026-04-18", "day"),
        ("May 5, 26", "2026-05-05", "day"),
        ("Apr '26", "2026-04-01", "month"),
        ("2024. 5. 3.", "2024-05-03", "day"),
        ("2024年5月3日", "2024-05-03", "day"),
        ("٣ مايو ٢٠٢٤", "2024-05-03", "day"),
        ("3 במאי 2024", "2024-05-03", "day"),
        ("3. května 2024", "2024-05-03", "day"),
        ("avril 2024", "2024-04-01", "month"),
        ("Date of experience: March 5, 2024", "2024-03-05", "day"),
        ("Visited in March 2024", "2024-03-01", "month"),
        ("March 5", "2026-03-05", "relative"),
        ("5 December", "2025-12-05", "relative"),
        ("2 yrs ago", "2024-10-31", "relative"),
        ("3w", "2026-10-10", "relative"),
        ("over a year ago", "2025-10-31", "relative"),
        ("Zuletzt bearbeitet: vor 2 Monaten", "2026-08-31", "relative"),
        ("Modifié il y a un mois", "2026-09-30", "relative"),
        ("Ultima modifica: 2 mesi fa", "2026-08-31", "relative"),
        ("una settimana fa", "2026-10-24", "relative"),
        ("há um mês", "2026-09-30", "relative"),
        ("een jaar geleden", "2025-10-31", "relative"),
        ("rok temu", "2025-10-31", "relative"),
        ("för en månad sedan", "2026-09-30", "relative"),
        ("for 2 måneder siden", "2026-08-31", "relative"),
        ("kuukausi sitten", "2026-09-30", "relative"),
        ("před rokem", "2025-10-31", "relative"),
        ("bir yıl önce", "2025-10-31", "relative"),
        ("2 hónapja", "2026-08-31", "relative"),
        ("πριν από 2 μήνες", "2026-08-31", "relative"),
        ("2 месяца назад", "2026-08-31", "relative"),
        ("לפני חודשיים", "2026-08-31", "relative"),
        ("לפני שנה", "2025-10-31", "relative"),
        ("قبل شهر", "2026-09-30", "relative"),
        ("قبل 3 أسابيع", "2026-10-10", "relative"),
        ("2 か月前", "2026-08-31", "relative"),
        ("3주 전", "2026-10-10", "relative"),
        ("2 个月前", "2026-08-31", "relative"),
        ("एक महीने पहले", "2026-09-30", "relative"),
        ("o lună în urmă", "2026-09-30", "relative"),
        ("in 3 days", None, "none"),
        ("Spring 2024", None, "none"),
        ("Q1 2024", None, "none"),
        ("May", None, "none"),
        ("Monday", None, "none"),
        ("10:30", None, "none"),
        ("7 visits", None, "none"),
        ("1e9", None, "none"),
        ("-1", None, "none"),
        ("01/01/0000", None, "none"),
        ("0000-00-00", None, "none"),
        ("9" * 5000, None, "none"),
        (10**400, None, "none"),
        (float("nan"), None, "none"),
        (float("inf"), None, "none"),
        ({"$date": "2026-04-18"}, None, "none"),
        ([2026, 4, 18], None, "none"),
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


def test_a_time_without_a_zone_stays_without_one():
    (moment,) = resolve(["2026-04-18 23:32:11"], as_of=AS_OF)
    assert moment.posted_on == "2026-04-18T23:32:11"


def test_what_was_read_before_changes_nothing():
    texts = ["2 mesi fa", "2 months ago", "il y a 2 mois", "3 mai 2024", "2 yrs ago"]
    alone = [resolve([text], as_of=AS_OF)[0] for text in texts]
    assert resolve(texts, as_of=AS_OF) == alone
    assert resolve(texts[::-1], as_of=AS_OF) == alone[::-1]


def test_a_column_of_anything_ends_soon():
    words = "march ago vor il y a 2 of the lovely day week".split()
    rough = [f"{words[i % 11]} {words[i // 11 % 11]} {words[i // 121 % 11]} {i}" for i in range(40_000)]
    start = time.process_time()
    resolve(rough, as_of=AS_OF)
    assert time.process_time() - start < 30
