"""Keyed pseudonyms: join keys inside the store from which nobody without the key can get back to a name.

A plain hash of a first name is found from a name list in a twentieth of a second; HMAC-SHA-256 (RFC 2104) with a
random key is not.  Each use has its own domain, so a person's pseudonym is never equal to another fingerprint.
"""

from __future__ import annotations

import functools
import hmac
import os
import re
import secrets
import stat
import unicodedata
from hashlib import blake2b
from typing import TYPE_CHECKING

from reviewpipe.anonymise.folding import fold, without_possessive
from reviewpipe.errors import StoreError
from reviewpipe.tokens import WORD

if TYPE_CHECKING:
    from pathlib import Path

SIZE = 32
TITLES = frozenset(
    "dr dra doctor mr mrs ms miss mx sir madam prof professor rev reverend pastor father sister nurse coach "
    "sr sra señor señora herr frau mme mlle".split()
)
_SUFFIXES = frozenset("jr sr ii iii iv md do dc dpt pt lmt lmp rmt cmt phd rn np esq".split())
_SIGNS = {code: None for code in range(128) if not chr(code).isalnum()}
_WORD = re.compile(rf"{WORD.pattern}(?:[.-]{WORD.pattern})*")


@functools.lru_cache(maxsize=4096)
def canonical(name: str) -> str:
    """`name` folded, without title, letters behind the name or possessive: "Dr. Ána Ruiz's" is "ana ruiz"."""
    words = [without_possessive(w).replace(".", "") for w in _WORD.findall(fold(name))]
    while len(words) > 1 and words[0] in TITLES:
        words = words[1:]
    while len(words) > 1 and words[-1] in _SUFFIXES:
        words = words[:-1]
    return " ".join(words)


class Key:
    """The secret of one project, and the pseudonyms made with it.  A class, because it must never be printed."""

    __slots__ = ("_secret",)

    def __init__(self, secret: bytes) -> None:
        if len(secret) != SIZE:
            raise StoreError(
                f"A key has {SIZE} random bytes, this one has {len(secret)}.  Restore it from your backup."
            )
        self._secret = secret

    def __repr__(self) -> str:
        return "Key(…)"

    def __reduce__(self) -> tuple[type[Key], tuple[bytes]]:
        # Worker processes get the key through a pipe, never through a file or the environment.
        return Key, (self._secret,)

    @classmethod
    def load_or_create(cls, path: Path) -> Key:
        """The key in `path`, made at the first run (mode 0600).

        Raises StoreError when the file is not a key, cannot be opened, or others may read it.
        """
        try:
            # An empty file is a key that was being made when the program was killed.
            new = os.O_EXCL if not (path.is_file() and path.stat().st_size == 0) else 0
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | new, 0o600)
        except FileExistsError:
            return cls(_read(path))
        except OSError as problem:
            raise StoreError(f"The key {path} cannot be made: {problem.strerror}.  May you write there?") from None
        secret = secrets.token_bytes(SIZE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secret)
            file.flush()
            os.fsync(file.fileno())
        return cls(secret)

    def mark(self) -> str:
        """16 hex digits that tell this key from others."""
        return self._digest("key")[:16]

    def person(self, name: str) -> str:
        """16 hex digits for the person whom `name` means, however it is cased, accented or titled."""
        return self._digest("person", canonical(name))[:16]

    def review_key(self, source: str, native_id: str | None, *, content: tuple[str | None, ...] = ()) -> str:
        """32 hex digits for a review: of its platform's id where there is one, else of `content`."""
        if native_id:
            return self._digest("review-id", source, native_id)[:32]
        # A missing field and an empty one are different content.
        return self._digest("review-content", source, *("-" if c is None else "+" + c for c in content))[:32]

    def words(self, text: str) -> str | None:
        """24 hex digits for the letters and digits of `text`, whatever its case, accents and signs; None for none."""
        if text.isascii():  # the same, but ten times as fast
            letters = text.lower().translate(_SIGNS)
        else:
            letters = "".join(filter(str.isalnum, unicodedata.normalize("NFKD", text).casefold()))
        return self._digest("words", letters)[:24] if letters else None

    def number(self, word: str) -> int:
        """64 keyed bits for a word, as `likeness` compares texts by."""
        return int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8, key=self._secret).digest())

    def fingerprint(self, folded: str) -> str:
        """24 hex digits by which a known name is recognised; `folded` is the output of `fold`."""
        return self._digest("known-name", folded)[:24]

    def _digest(self, *parts: str) -> str:
        # The length before each part keeps ("ab", "c") apart from ("a", "bc").
        message = b""
        for part in parts:
            coded = part.encode("utf-8", "surrogatepass")
            message += len(coded).to_bytes(4, "big") + coded
        return hmac.digest(self._secret, message, "sha256").hex()


def _read(path: Path) -> bytes:
    """The bytes of a key file that only its owner may read."""
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise StoreError(f"The key {path} is no regular file.  Restore it from your backup.")
        # Windows has no such bits; there the folder's rights protect the file.
        if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
            raise StoreError(
                f"Others may read the key {path}, so pseudonyms could be undone.  Run: chmod 600 {path.name}"
            )
        secret = path.read_bytes()
    except OSError as problem:
        raise StoreError(f"The key {path} cannot be read: {problem.strerror}.  Is it a file that you own?") from None
    if len(secret) != SIZE:
        raise StoreError(
            f"{path} is not a key of reviewpipe ({len(secret)} bytes instead of {SIZE}).  Restore it from your backup; "
            "with a new key, earlier reviews would no longer be recognised."
        )
    return secret
