"""What clients allowed, and what stands between their words and print."""

from reviewpipe.consent.claims import claims
from reviewpipe.consent.form import form
from reviewpipe.consent.gate import NOT_LEGAL_ADVICE, Gate, Permission, Status
from reviewpipe.consent.log import Entry, Log, append, begins_with, read
from reviewpipe.consent.recording import gate_of, log_of, record, recorded, rekeyed
from reviewpipe.consent.standing import (
    DISPLAYS,
    RELATIONS,
    SCOPES,
    Display,
    Grant,
    Relation,
    Scope,
    Standing,
    Terms,
    Used,
    folded,
    standings,
)

__all__ = [
    "DISPLAYS",
    "NOT_LEGAL_ADVICE",
    "RELATIONS",
    "SCOPES",
    "Display",
    "Entry",
    "Gate",
    "Grant",
    "Log",
    "Permission",
    "Relation",
    "Scope",
    "Standing",
    "Status",
    "Terms",
    "Used",
    "append",
    "begins_with",
    "claims",
    "folded",
    "form",
    "gate_of",
    "log_of",
    "read",
    "record",
    "recorded",
    "rekeyed",
    "standings",
]
