"""The key of the pseudonyms and the store that was made with it belong together."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from reviewpipe.anonymise import Key
from reviewpipe.anonymise.pseudonyms import SIZE
from reviewpipe.errors import StoreError
from reviewpipe.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from reviewpipe.config import Config

MADE_WITH = "key"


def key_of(config: Config, store: Store) -> Key:
    """The key with which the store was made; a new store gets the project's key, made if there is none.

    A rotation that was interrupted is completed here.  StoreError where the key is another one: with it no known name
    would be recognised, and every review would be new.
    """
    made_with = store.meta(MADE_WITH)
    new = successor(config)
    if made_with and _is_made(new) and Key.load_or_create(new).mark() == made_with:
        new.replace(config.key_file)
    if made_with and not config.key_file.is_file():
        raise StoreError(
            f"The key {config.key_file} is gone, and with it the way to recognise names and reviews.  Restore it from "
            f"your backup; or remove {config.store}, and the next run reads data/raw anew under a new key."
        )
    key = Key.load_or_create(config.key_file)
    if made_with and key.mark() != made_with:
        raise StoreError(
            f"The store was made with another key than {config.key_file}.  Restore that key from your backup; or "
            f"remove {config.store}, and the next run reads data/raw anew."
        )
    return key


def borrowed(config: Config, store: Store) -> Key:
    """As `key_of`, but nothing is written: where there is neither store nor key yet, a key for this time.

    StoreError where the store was made with a key that is not there.
    """
    made_with = store.meta(MADE_WITH)
    for path in filter(_is_made, (config.key_file, successor(config))):
        key = Key.load_or_create(path)
        if made_with in (None, key.mark()):
            return key
    if made_with:
        raise StoreError(
            f"The key {config.key_file} is not the one with which the store was made.  Restore it from your backup."
        )
    return Key(secrets.token_bytes(SIZE))


def of_project(config: Config) -> Key:
    """The project's key: that of its store; where there is none yet, the one that the first run would make as well."""
    if not config.store.is_file():
        return Key.load_or_create(config.key_file)
    with Store.open(config.store) as store:
        return key_of(config, store)


def _is_made(key_file: Path) -> bool:
    """Whether a key lies there; an empty file is one that another program makes just now, or was killed over."""
    return key_file.is_file() and key_file.stat().st_size > 0


def successor(config: Config) -> Path:
    """Where the next key lies while a rotation is under way."""
    return config.key_file.with_name(config.key_file.name + ".new")
