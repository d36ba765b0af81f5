"""Every number that is shown, with its uncertainty: computed here, shown by dashboard and report."""

from reviewpipe.metrics.accuracy import Accuracy
from reviewpipe.metrics.attention import Concern, by_reason, concerns, reasons
from reviewpipe.metrics.overview import Month, Overview, SourceRow, ThemeRow, overview
from reviewpipe.metrics.periods import Period, asked, last_full_month, period
from reviewpipe.metrics.shares import Compared, Share, compare
from reviewpipe.metrics.sharing import Shared, SharedQuote, shared
from reviewpipe.metrics.texts import Texts, texts
from reviewpipe.metrics.view import Intake, View, intake

__all__ = [
    "Accuracy",
    "Compared",
    "Concern",
    "Intake",
    "Month",
    "Overview",
    "Period",
    "Share",
    "Shared",
    "SharedQuote",
    "SourceRow",
    "Texts",
    "ThemeRow",
    "View",
    "asked",
    "by_reason",
    "compare",
    "concerns",
    "intake",
    "last_full_month",
    "overview",
    "period",
    "reasons",
    "shared",
    "texts",
]
