"""May these words be published?  Facts as settings and reasons in plain words; not legal advice."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from reviewpipe.anonymise.risk import risks, verdict
from reviewpipe.consent.claims import claims
from reviewpipe.consent.standing import Standing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reviewpipe.config import Config
    from reviewpipe.consent.standing import Display, Relation, Scope
    from reviewpipe.schema import Review

Status = Literal["ready", "needs_consent", "blocked"]
NOT_LEGAL_ADVICE = "Not legal advice: the reasons name a rule so that you can ask about it."

# Where regulators forbid testimonials in the advertising of this profession.
FORBIDDEN = {
    "CA-ON": "Ontario's regulator of massage therapists (CMTO) does not allow testimonials in advertising",
    "AU": "Australia's National Law, section 133, does not allow testimonials in advertising",
}
# Where advertising must carry the current license number.  These are also the places whose rules we know.
LICENSE_RULES = {"US-IL": "225 ILCS 57/50 asks for the license number in advertising"}
# Platforms on which the author keeps the copyright of a review.
PLATFORMS = {
    "google": "Google",
    "yelp": "Yelp",
    "facebook": "Facebook",
    "tripadvisor": "TripAdvisor",
    "trustpilot": "Trustpilot",
}
# Whose words must not stand in an advertisement as a client's (16 CFR 465.5, 255.5).
INSIDERS: Mapping[Relation, str] = {
    "staff": "it was written by somebody of the staff (16 CFR 465.5: no insiders' reviews without saying so)",
    "family": "it was written by family of the practice (16 CFR 465.5: no insiders' reviews without saying so)",
    "rewarded": "its author got something for it (16 CFR 255.5: an advertisement must say so)",
}
NOTHING_RECORDED = Standing()


@dataclass(frozen=True)
class Permission:
    """Whether words may be used in advertising, and every reason why not or only with care."""

    status: Status
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Gate:
    """What decides: the owner's settings, what was recorded of reviews by id, and the use that is meant."""

    config: Config
    standings: Mapping[str, Standing] = field(default_factory=dict)
    scope: Scope = "website"
    display: Display = "anonymous"

    def permission(self, review: Review, passage: str) -> Permission:
        """What stands between a passage of a review and its publication, the gravest first."""
        order: tuple[Status, ...] = ("blocked", "needs_consent", "ready")
        found = sorted(self._reasons(review, passage), key=lambda one: order.index(one[0]))
        return Permission(found[0][0] if found else "ready", tuple(reason for _, reason in found))

    def only(self) -> frozenset[str] | None:
        """The ids of the reviews of which alone anything can be ready; None if others' words can be too."""
        if list(self._of_place()):
            return frozenset()
        if self.config.practice.hipaa == "not_covered" and self.display == "anonymous":
            return None
        agreed = (one for one, said in self.standings.items() if said.grant_for(self.scope, self.display))
        return frozenset(agreed)

    def standing(self, review: Review) -> Standing:
        """What was recorded of a review."""
        return self.standings.get(review.review_id, NOTHING_RECORDED)

    def _reasons(self, review: Review, passage: str) -> Iterator[tuple[Status, str]]:
        yield from self._of_place()
        standing = self.standing(review)
        if standing.relation in INSIDERS:
            yield "blocked", INSIDERS[standing.relation]
        consented = standing.grant_for(self.scope, self.display)
        if not consented:
            for reason in (*self._without_consent(review), *self._lapsed(standing)):
                yield "needs_consent", reason
        (details,) = risks([passage])
        kinds = ", ".join(sorted({one.kind for one in details}))
        if verdict(details) == "high" and not consented:
            yield "needs_consent", f"few people share its details ({kinds}), so the client must agree to be recognised"
        elif details:
            yield "ready", f"with care: who knows the client may recognise it by its details ({kinds})"
        for claim in claims(passage):
            if claim.stops and claim.kind not in self.config.quotes.claims_checked:
                how = f"once you have proof, add {claim.kind!r} to claims_checked under [quotes] in reviewpipe.toml"
                yield "blocked", f"it speaks of {claim.label} ({claim.rule}); {how}"
            else:
                yield "ready", f"with care: it speaks of {claim.label} ({claim.rule})"

    def _of_place(self) -> Iterator[tuple[Status, str]]:
        place = self.config.practice.jurisdiction
        if rule := next((FORBIDDEN[part] for part in (place, place[:2]) if part in FORBIDDEN), None):
            yield "blocked", rule
        elif place not in LICENSE_RULES and not self.config.quotes.rules_checked:
            how = "ask your board, then set rules_checked = true under [quotes] in reviewpipe.toml"
            yield "blocked", f"reviewpipe does not know the advertising rules of {place}: {how}"
        if place in LICENSE_RULES and not self.config.practice.license_number:
            yield "blocked", f"{LICENSE_RULES[place]}; set license_number in reviewpipe.toml"

    def _without_consent(self, review: Review) -> Iterator[str]:
        """What only the client's consent lifts."""
        if review.visibility == "private":
            yield "it was written privately, so the client must agree"
        for place in dict.fromkeys((review.source, *review.places)):
            if place in PLATFORMS:
                yield f"{PLATFORMS[place]}: the author keeps the copyright, so ask the author"
        if self.config.practice.hipaa != "not_covered":
            yield "it speaks of health, so the client must agree in writing first (45 CFR 164.508)"
        if self.display != "anonymous":
            yield "with a name or initials it needs written consent everywhere (Illinois: 765 ILCS 1075)"

    def _lapsed(self, standing: Standing) -> Iterator[str]:
        """Why a consent that was given does not count."""
        if not standing.grants:
            return
        last = standing.grants[-1]
        if last.over:
            yield f"consent {last.number} no longer holds: {last.over}"
        else:
            yield f"consent {last.number} is for {', '.join(last.terms.scopes)}, shown as {last.terms.display}"
