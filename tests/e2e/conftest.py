import sys
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

# The invented store and the places stand one folder up.
sys.path.insert(0, str(Path(__file__).parents[1]))

from browser import CHROMIUM, FLAGS


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()
