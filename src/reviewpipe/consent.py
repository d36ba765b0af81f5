"""May these words be published?  Facts as settings and reasons in plain words; not legal advice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from reviewpipe.config import Practice
    from reviewpipe.schema import Review

Status = Literal["ready", "needs_consent", "blocked"]

NOT_LEGAL_ADVICE = "Not legal advice: the reasons name a rule so that you can ask about it."

# Where regulators forbid testimonials in the advertising of this profession.
FORBIDDEN = {
    "CA-ON": "Ontario's regulator of massage therapists (CMTO) does not allow testimonials in advertising",
    "AU": "Australia's National Law, section 133, does not allow testimonials in advertising",
}
# Where advertising must carry the current license number.
LICENSE_RULES = {"US-IL": "225 ILCS 57/50 asks for the license number in advertising"}
# Platforms on which the author keeps the copyright of a review.
PLATFORMS = {
    "google": "Google",
    "yelp": "Yelp",
    "facebook": "Facebook",
    "tripadvisor": "TripAdvisor",
    "trustpilot": "Trustpilot",
}


@dataclass(frozen=True)
class Permission:
    """Whether a review may be quoted in advertising, and every reason why not."""

    status: Status
    reasons: tuple[str, ...]


def permission(review: Review, practice: Practice) -> Permission:
    """What stands between a review and an advertisement.  No consents are recorded yet, so none can lift a reason."""
    rule = FORBIDDEN.get(practice.jurisdiction)
    if rule:
        return Permission("blocked", (rule,))
    license_rule = LICENSE_RULES.get(practice.jurisdiction)
    if license_rule and not practice.license_number:
        return Permission("blocked", (f"{license_rule}; set license_number in reviewpipe.toml",))
    reasons = []
    if review.visibility == "private":
        reasons.append("it was written privately, so the client must agree")
    reasons += [
        f"{PLATFORMS[place]}: the author keeps the copyright, so ask the author"
        for place in dict.fromkeys((review.source, *review.places))
        if place in PLATFORMS
    ]
    if practice.hipaa != "not_covered":
        reasons.append("it speaks of health, so the client must agree in writing first (45 CFR 164.508)")
    return Permission("needs_consent" if reasons else "ready", tuple(reasons))
