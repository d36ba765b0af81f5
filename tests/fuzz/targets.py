"""What is fuzzed: bytes in, nothing out; every exception but InputError is a fault, and so are five seconds.

As a program it looks for such bytes, led by what they reach, from the files of tests/golden on (needs atheris):

    python tests/fuzz/targets.py paste -max_total_time=150

More options are libFuzzer's.  What it finds belongs into tests/fuzz/cases/TARGET, where test_fuzz.py tries it for ever.
"""

import contextlib
import sys
import tempfile
from pathlib import Path

if __name__ == "__main__":
    import atheris

    sys.path.insert(0, str(Path(__file__).parents[2] / "src"))
    imports = atheris.instrument_imports(include=["reviewpipe"])
else:
    imports = contextlib.nullcontext()
with imports:
    from reviewpipe import ingest
    from reviewpipe.config import Config
    from reviewpipe.errors import InputError
    from reviewpipe.ingest import columns, pages, pastes, records, rows, segments, tables, testimonials  # noqa: F401  instrumented now

GOLDEN = Path(__file__).parents[1] / "golden"
LONGEST, SECONDS = 1 << 16, 5
SUFFIXES = ("", ".csv", ".json", ".jsonl", ".html", ".txt")


def file(content):
    """Any file, under any name, to reviews."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"reviews{SUFFIXES[len(content) % len(SUFFIXES)]}"
        path.write_bytes(content)
        ingest.read(path, Config())


def paste(content):
    """A copied text."""
    pastes.read_text(content.decode("utf-8", "replace"))


def json(content):
    """A JSON document."""
    records.read_json(content.decode("utf-8", "replace"), {})


def page(content):
    """A saved page."""
    pages.read_html(content.decode("utf-8", "replace"))


TARGETS = {target.__name__: target for target in (file, paste, json, page)}


def run(name, content):
    """Give `content` to a target; a refusal is an answer."""
    with contextlib.suppress(InputError):
        TARGETS[name](content)


if __name__ == "__main__":
    name, *options = sys.argv[1:]
    found = Path(tempfile.gettempdir()) / "reviewpipe-fuzz" / name
    (found / "corpus").mkdir(parents=True, exist_ok=True)
    for path in sorted(GOLDEN.glob("*/*"))[:40]:  # what is loaded late is loaded now, outside of the five seconds
        run(name, path.read_bytes())
    limits = [f"-max_len={LONGEST}", f"-timeout={SECONDS}", f"-artifact_prefix={found}/", *options]
    atheris.Setup([sys.argv[0], *limits, str(found / "corpus"), str(GOLDEN)], lambda content: run(name, content))
    atheris.Fuzz()
