"""Files that hold other files: the parts are read one by one, and what they gave is put together."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Literal

from reviewpipe.errors import InputError, NotReviewsError, UnreadableError
from reviewpipe.ingest.archives import BREAKS, BROKEN
from reviewpipe.ingest.reading import Reading
from reviewpipe.schema import Batch, Reject, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    import pandas as pd

    from reviewpipe.ingest.archives import Allowance
    from reviewpipe.ingest.raw import Raw
    from reviewpipe.schema import Visibility

    Outcome = Reading | InputError


def read_parts(parts: Iterable[Raw], read: Callable[[Raw], Reading], allowance: Allowance) -> dict[int, Outcome]:
    """What each part gave, by its number from 1: a Reading, or why there is none.

    The same content is read once.  UnreadableError when more comes out than any export of reviews holds.
    """
    outcomes: dict[int, Outcome] = {}
    seen: dict[bytes, int] = {}
    for number, part in enumerate(_sound(parts), start=1):
        try:
            part = allowance.hold(part)  # noqa: PLW2901  nothing else holds the memory of the one before
            first = seen.setdefault(_mark(part), number)
            if first != number:
                raise NotReviewsError(f"the same content as part {first}")
            outcomes[number] = read(part).held()
        except InputError as problem:
            allowance.check()
            # A new one, for the old one knows the frames that it passed and so holds their memory.
            outcomes[number] = type(problem)(str(problem))
    return outcomes


def _sound(parts: Iterable[Raw]) -> Iterator[Raw]:
    """The parts; UnreadableError where there is no next one to be found."""
    try:
        yield from parts
    except BREAKS:
        raise UnreadableError(BROKEN) from None


def _mark(part: Raw) -> bytes:
    with part.open() as file:
        return blake2b(file.read(), digest_size=16).digest()


def together(kind: str, outcomes: Mapping[int, Outcome]) -> Reading:
    """One Reading of all parts; NotReviewsError where none holds reviews.  A single part speaks for itself."""
    readings = {number: one for number, one in outcomes.items() if isinstance(one, Reading)}
    problems = [f"Part {number}: {one}" for number, one in outcomes.items() if isinstance(one, InputError)]
    if not outcomes:
        raise NotReviewsError("it holds no words of its own, and no file of reviews")
    if len(outcomes) == 1:
        for one in outcomes.values():
            if isinstance(one, InputError):
                raise one
            return replace(one, kind=kind)
    if not any(_size(one) or one.batch.rejects for one in readings.values()):
        raise NotReviewsError(f"none of its {len(outcomes)} parts holds reviews.  {(*problems, '')[0]}".rstrip())
    sizes: Counter[tuple[str, str, Visibility]] = Counter()
    for one in readings.values():
        sizes[one.form, one.source, one.visibility] += _size(one)
    form, source, visibility = max(sizes, key=lambda key: sizes[key])
    batch = Batch(_tables(readings.values()), tuple(_rejects(outcomes)))
    return Reading(
        kind=kind,
        form=form,
        source=source,
        visibility=visibility,
        batches=(batch,),
        size=sum(one.size for one in readings.values()),
        columns=tuple(_roles(outcomes)),
        filled=max(readings.values(), key=_size).filled,
        whole=_whole(outcomes),
    )


def _whole(outcomes: Mapping[int, Outcome]) -> Literal["", "file"]:
    """What was complete as a folder is complete as an archive, if nothing else is in it and every part was read."""
    readings = [one for one in outcomes.values() if isinstance(one, Reading)]
    broken = any(isinstance(one, UnreadableError) for one in outcomes.values())
    return "" if broken or len({one.form for one in readings}) > 1 or not all(one.whole for one in readings) else "file"


def _size(reading: Reading) -> int:
    return len(reading.batch.reviews)


def _tables(readings: Collection[Reading]) -> pd.DataFrame:
    """The reviews of all parts in one table."""
    import pandas as pd

    filled = [one.batch.reviews for one in readings if _size(one)]
    return pd.concat(filled or [next(iter(readings)).batch.reviews], ignore_index=True)


def _rejects(outcomes: Mapping[int, Outcome]) -> Iterator[Reject]:
    """Rows that were refused, and parts that cannot be read, under their number: names may be people's."""
    for number, one in outcomes.items():
        if isinstance(one, Reading):
            yield from (Reject(reject.row, f"part {number}: {reject.reason}") for reject in one.batch.rejects)
        elif isinstance(one, UnreadableError):
            yield Reject(number, f"part {number}: {one}")


def _roles(outcomes: Mapping[int, Outcome]) -> Iterator[Role]:
    """What became of each piece of each part, and of parts that hold no reviews."""
    for number, one in outcomes.items():
        if isinstance(one, Reading):
            yield from (replace(role, place=f"part {number}, {role.place}") for role in one.roles)
        else:
            yield Role(f"part {number}", "unused", str(one))
