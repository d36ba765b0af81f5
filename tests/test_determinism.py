"""Same texts, same verdicts and themes: whatever the order, the batch, the executor or the hash seed."""

import functools
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from reviewpipe import pipeline, themes
from reviewpipe.execute import processes

CORPUS = Path(__file__).parent.parent / "training" / "corpus" / "sitting-01.jsonl"


@functools.cache
def reviews():
    lines = CORPUS.read_text(encoding="utf-8").splitlines()[:120]
    texts = [" ".join(one["text"] for one in json.loads(line)["sentences"]) for line in lines]
    return [*texts, "", "...", "Das war sehr gut.", "İ'x yes.:D'x GREAT 😍 pain is gone\n\nno, never again", *texts[:9]]


def analysed(texts):
    verdicts, hits = pipeline.analyse(texts, [None] * len(texts), themes.load())
    return [repr(pair) for pair in zip(verdicts, hits, strict=True)]


@functools.cache
def expected():
    return analysed(reviews())


@pytest.mark.parametrize("size", [1, 2, 7, 64])
def test_batches_of_any_size_say_the_same(size):
    texts = reviews()
    batches = [texts[at : at + size] for at in range(0, len(texts), size)]
    assert [one for batch in batches for one in analysed(batch)] == expected()


@pytest.mark.parametrize("seed", range(3))
def test_the_order_does_not_matter(seed):
    order = list(range(len(reviews())))
    random.Random(seed).shuffle(order)  # noqa: S311  repeatable, no secret
    assert analysed([reviews()[k] for k in order]) == [expected()[k] for k in order]


def test_a_text_among_thousands_says_the_same():
    texts = reviews() * 20
    assert analysed(texts) == expected() * 20


def test_other_processes_say_the_same():
    halves = [reviews()[:60], reviews()[60:]]
    assert [one for half in processes(analysed, halves) for one in half] == expected()


@pytest.mark.parametrize("seed", ["0", "1", "4242"])
def test_the_hash_seed_does_not_matter(seed):
    script = "import test_determinism as t, sys; sys.stdout.buffer.write('\\n'.join(t.analysed(t.reviews())).encode())"
    told = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(__file__).parent,
        env={**os.environ, "PYTHONHASHSEED": seed},
        check=True,
        capture_output=True,
    )
    assert told.stdout.decode() == "\n".join(expected())
