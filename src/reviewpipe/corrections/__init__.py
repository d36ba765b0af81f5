"""The owner's word on her reviews: which to ask about, and her answers as a table."""

from reviewpipe.corrections.asking import DOUBTS, Question, by_lot, directions, proposed, questions, queue
from reviewpipe.corrections.sheets import Refused, Sheet, read_rows, rows_of

__all__ = [
    "DOUBTS",
    "Question",
    "Refused",
    "Sheet",
    "by_lot",
    "directions",
    "proposed",
    "questions",
    "queue",
    "read_rows",
    "rows_of",
]
