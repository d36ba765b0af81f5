"""What `make run` leaves behind: pages that open from the disk, without a network and without a complaint."""

import shutil
import subprocess
import sys
import time

import pytest
from browser import needs_chromium

from sample import ROOT, SAMPLE

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def practice(tmp_path_factory):
    """The sample practice after its first run, and the seconds that took."""
    folder = tmp_path_factory.mktemp("first")
    shutil.copytree(SAMPLE, folder / "data" / "raw" / "sample")
    shutil.copy(ROOT / "reviewpipe.toml", folder)
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "reviewpipe", "run", "--project", folder], capture_output=True, text=True, check=True
    )
    return folder, time.monotonic() - start, done.stdout


def test_it_takes_less_than_half_a_minute_and_says_which_page_to_open(practice):
    folder, seconds, said = practice
    assert seconds < 30
    assert f"Open {folder / 'reports' / 'dashboard.html'}" in said.splitlines()[0]


@pytest.mark.parametrize("name", ["dashboard.html", "2026-10.html"])
def test_the_pages_open_offline_and_without_a_complaint(browser, practice, name):
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 900})
    page, heard = context.new_page(), []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda problem: heard.append(str(problem)))
    page.on("dialog", lambda dialog: heard.append(dialog.message))
    page.on("request", lambda asked: asked.url.startswith(("file:", "data:", "blob:")) or heard.append(asked.url))
    page.goto((practice[0] / "reports" / name).as_uri())
    assert "Tansy Street" in page.locator("h1").inner_text()
    if name == "dashboard.html":
        page.wait_for_selector("html[data-charts]", timeout=20_000)
        assert page.locator(".js-plotly-plot").count() >= 2
    context.close()
    assert heard == []
