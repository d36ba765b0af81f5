"""Debian's Chromium, as the tests drive it."""

import os
import shutil

import pytest

CHROMIUM = os.environ.get("REVIEWPIPE_CHROMIUM", "/usr/bin/chromium")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()

needs_chromium = pytest.mark.skipif(
    not shutil.which(CHROMIUM), reason="Chromium is not installed; set REVIEWPIPE_CHROMIUM"
)
