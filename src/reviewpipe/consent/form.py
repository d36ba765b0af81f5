"""An authorization to print and sign, with the elements that 45 CFR 164.508(c) lists; not legal advice."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewpipe.config import Practice
    from reviewpipe.consent.standing import Terms

PLACES = {"website": "our website", "social": "our pages on social media", "print": "flyers and other print"}
SHOWN = {
    "anonymous": "without my name",
    "initials": "with my initials",
    "name": "with my first name and the initial of my last name",
}
WIDTH, INDENT = 92, " " * 5
FORM = """\
AUTHORIZATION TO USE MY WORDS                                            Form no. {number}

To: {practice}{contact}

1. What may be used (164.508(c)(1)(i)): these words of mine about my care, and nothing else of my records:

{words}

2. Who may use them (ii): {practice}.
3. Who will see them (iii): everybody who sees {places}.
4. What for (iv): to show others what clients say of the practice (marketing).  They stand there {shown}.
   The practice receives no payment from others for this.
5. Until when (v): {until}, or until I take this back.

What I should know (164.508(c)(2)):
- I may take this back at any time by writing to the practice{reach}.  What was printed before cannot be called back;
  what stands on the internet will be removed.
- Whether I sign has no influence on my treatment, its price or anything else.
- What is published can be passed on by others and is then no longer protected by these rules.
- I receive a copy of this form.

[ ] I am a client.   [ ] I work for the practice.   [ ] I am family of somebody there.
[ ] I got something for my words, namely: ______________________________


Name in print: ______________________________

Signature: __________________________________     Date: ____________________

If somebody signs for the client, by which right: ______________________________


For the practice, after it is signed:
reviewpipe consent grant {review}{scopes} --display {display} --until {until} --how "form {number}"
"""


def form(practice: Practice, review: str, words: str, terms: Terms) -> str:
    """The form for the use of `words` of a review, which is known by its id, under `terms`."""
    quoted = "\n".join(
        fill(line, WIDTH, initial_indent=INDENT, subsequent_indent=INDENT) for line in words.splitlines()
    )
    return FORM.format(
        number=review[:8],
        practice=practice.name,
        contact=f", {practice.contact}" if practice.contact else "",
        reach=f" ({practice.contact})" if practice.contact else "",
        words=quoted,
        places=" and ".join(PLACES[scope] for scope in terms.scopes),
        shown=SHOWN[terms.display],
        until=terms.until,
        review=review[:12],
        scopes="".join(f" --scope {scope}" for scope in terms.scopes),
        display=terms.display,
    )
