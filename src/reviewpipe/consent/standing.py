"""From the log to what holds today: which consent a review has, and where its words are in use."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reviewpipe.consent.log import Entry, Log

Scope = Literal["website", "social", "print"]
Display = Literal["anonymous", "initials", "name"]
Relation = Literal["client", "staff", "family", "rewarded"]

SCOPES: tuple[Scope, ...] = get_args(Scope)
# From the least to the most that is shown: who agreed to be named agreed to initials too.
DISPLAYS: tuple[Display, ...] = get_args(Display)
RELATIONS: tuple[Relation, ...] = get_args(Relation)


@dataclass(frozen=True)
class Terms:
    """What a client agrees to: where, shown how, until when (ISO), as who, and where the form or e-mail of it is."""

    scopes: tuple[Scope, ...] = ("website",)
    display: Display = "anonymous"
    until: str = ""
    relation: Relation = "client"
    how: str = ""

    def covers(self, scope: Scope, display: Display) -> bool:
        """Whether they are about this use at all."""
        return scope in self.scopes and DISPLAYS.index(display) <= DISPLAYS.index(self.display)


# A key of a review and the digest of its words.
Known = tuple[str, str]


@dataclass(frozen=True)
class Grant:
    """An agreement since a day (ISO), by the number of its entry; `over` says why it holds no longer, "" while it does.

    `known` is the review under the newest key of the pseudonyms first, then under earlier ones.
    """

    number: int
    known: tuple[Known, ...]
    terms: Terms
    on: str
    over: str = ""


@dataclass(frozen=True)
class Used:
    """A use of a review's words, by the number of its entry: where, from which day on, removed on which day or ""."""

    number: int
    known: tuple[Known, ...]
    where: str
    on: str
    removed: str = ""


@dataclass(frozen=True)
class Standing:
    """All that was recorded of one review, in the order in which it was."""

    grants: tuple[Grant, ...] = ()
    uses: tuple[Used, ...] = ()

    def grant_for(self, scope: Scope, display: Display) -> Grant | None:
        """A consent that holds for this use, the newest."""
        return next((one for one in reversed(self.grants) if not one.over and one.terms.covers(scope, display)), None)

    @property
    def relation(self) -> Relation:
        """What the author is to the practice, as the newest consent says; a client where none does."""
        return self.grants[-1].terms.relation if self.grants else "client"

    @property
    def in_use(self) -> tuple[Used, ...]:
        """The places where the words stand today."""
        return tuple(use for use in self.uses if not use.removed)


def standings(log: Log, held: Mapping[str, Known], today: date) -> dict[str, Standing]:
    """What holds today by id of review; reviews of which nothing was recorded are left out.

    `held` gives for each key of a review that is in the store its id and the digest of its words as they are now.
    What is recorded of reviews that are not in the store stands under the key that the log has.
    """
    found: dict[str, tuple[list[Grant], list[Used]]] = defaultdict(lambda: ([], []))
    grants, uses = folded(log.entries)
    for grant in grants:
        (review, then), now = _present(grant.known, held)
        over = grant.over or _over(grant.terms, then, now, today)
        found[review][0].append(replace(grant, over=over))
    for use in uses:
        (review, _), _ = _present(use.known, held)
        found[review][1].append(use)
    return {review: Standing(tuple(given), tuple(used)) for review, (given, used) in found.items()}


def _present(known: Sequence[Known], held: Mapping[str, Known]) -> tuple[Known, str]:
    """A review's id with the digest of the words at that time, and that of its words now, "" where it is gone."""
    for key, words in known:
        if key in held:
            review, now = held[key]
            return (review, words), now
    return known[0], ""


def _over(terms: Terms, then: str, now: str, today: date) -> str:
    if not now:
        return "the review is not in the store"
    if now != then:
        return "the words were changed after the client agreed"
    if date.fromisoformat(terms.until) < today:
        return f"it ended on {terms.until}"
    return ""


def folded(entries: Sequence[Entry]) -> tuple[list[Grant], list[Used]]:
    """Grants and uses after all that was recorded of them later."""
    grants: dict[int, Grant] = {}
    uses: dict[int, Used] = {}
    for number, entry in enumerate(entries, 1):
        FOLDS[entry.event](number, entry, grants, uses)
    return list(grants.values()), list(uses.values())


def _granted(number: int, entry: Entry, grants: dict[int, Grant], _: dict[int, Used]) -> None:
    facts = dict(entry.facts)
    scopes = tuple(facts.pop("scopes").split())
    terms = Terms(scopes, **facts)  # type: ignore[arg-type]  # as they were checked when they were written
    grants[number] = Grant(number, ((entry.review, entry.words),), terms, entry.on)


def _revoked(_: int, entry: Entry, grants: dict[int, Grant], __: dict[int, Used]) -> None:
    _end(grants, entry.about, f"the client took it back on {entry.on}")


def _forgotten(_: int, entry: Entry, grants: dict[int, Grant], __: dict[int, Used]) -> None:
    _end(grants, entry.about, f"the client asked to be forgotten on {entry.on}")


def _end(grants: dict[int, Grant], number: int, why: str) -> None:
    if number in grants and not grants[number].over:
        grants[number] = replace(grants[number], over=why)


def _used(number: int, entry: Entry, _: dict[int, Grant], uses: dict[int, Used]) -> None:
    uses[number] = Used(number, ((entry.review, entry.words),), entry.facts["where"], entry.on)


def _removed(_: int, entry: Entry, __: dict[int, Grant], uses: dict[int, Used]) -> None:
    uses[entry.about] = replace(uses[entry.about], removed=entry.on)


def _rekeyed(_: int, entry: Entry, grants: dict[int, Grant], uses: dict[int, Used]) -> None:
    """The same review under a new key of the pseudonyms; the old one stays, for the rotation may have been cut off."""
    known = (entry.review, entry.words)
    if entry.about in grants:
        grants[entry.about] = replace(grants[entry.about], known=(known, *grants[entry.about].known))
    else:
        uses[entry.about] = replace(uses[entry.about], known=(known, *uses[entry.about].known))


FOLDS = {
    "granted": _granted,
    "revoked": _revoked,
    "forgotten": _forgotten,
    "used": _used,
    "removed": _removed,
    "rekeyed": _rekeyed,
}
