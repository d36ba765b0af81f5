"""A page made of hostile strings has the tree of a page made of harmless ones, in Chromium, after all scripts ran."""

import json
import os
from pathlib import Path

import pytest
from browser import needs_chromium

from invented_reviews import review, view
from reviewpipe import dashboard, metrics
from reviewpipe.config import Practice
from reviewpipe.schema import ThemeHit

pytestmark = needs_chromium

HOSTILE = [
    "</script><script>alert(1)</script>",
    "</SCRIPT ><img src=x onerror=alert(1)>",
    "--><svg/onload=alert(1)>",
    "<!--<script>",
    "]]><b>bold</b>",
    "</template></article></main><h1>mine</h1>",
    "</title></style></textarea></noscript><iframe src=javascript:alert(1)>",
    '" onmouseover="alert(1)" x="',
    "' autofocus onfocus='alert(1)",
    "`-alert(1)-`${alert(1)}",
    "{{ 7*7 }}{% for x in y %}{# no #}",
    "&lt;img src=x onerror=alert(1)&gt;&#x3c;b&#x3e;",
    "javascript:alert(1)",
    "theme=x&said=negative#quotes?search=<b>",
    "__proto__",
    "constructor",
    "\u2028alert(1)\u2029//",
    "\u202egnirts desrever\u202c",
    "=cmd|' /C calc'!A0",
    "%s%n%x \\u003cscript\\u003e \\x3cb\\x3e",
    "{place} {words} $& $1",
    "<a href='javascript:alert(1)'>[NAME]</a>",
    "\N{FULLWIDTH LESS-THAN SIGN}script\N{FULLWIDTH GREATER-THAN SIGN}",
    "\U0001f642 <b>\U0001f642</b>",
]
CORPORA = Path(os.environ.get("REVIEWPIPE_CORPORA") or Path(__file__).parents[3] / "shared" / "corpora")
# Every element with the names of its attributes, in the order of the page; of drawn charts, whose parts depend on the
# length of labels, and of a quote's reasons, which depend on its claims, the names of their elements.
TREE = """() => {
  const drawn = (e) => e.matches('.chart, #js-plotly-tester, [data-slot=reasons]');
  const inside = (e) => [...e.children, ...(e instanceof HTMLTemplateElement ? e.content.children : [])];
  const tree = (e) => [`${e.tagName} ${e.getAttributeNames().sort().join(' ')}`, ...(drawn(e) ? [] : inside(e).flatMap(tree))];
  const parts = new Set([...document.querySelectorAll('.chart *, [data-slot=reasons] *')].map((e) => e.tagName));
  return [tree(document.documentElement).filter((line) => !line.startsWith('STYLE')), [...parts].sort()];
}"""
WALK = "() => { document.querySelectorAll('details').forEach((d) => (d.open = true)); }"


def page_of(strings):
    """A page in which each of these stands as text, answer, placeholder, source, theme, reason and file, one as the practice's name."""
    held = [
        review(
            number,
            text=f"{text} [{text}]",
            reply=text,
            source=text,
            visibility=("public", "private")[number % 2],
            sentiment="negative",
            rating=1.0,
            posted_on="2026-10-04",
            places=(text,),
            themes=(ThemeHit(text, "negative", 0, 2 * len(text) + 3),),
        )
        for number, text in enumerate(strings)
    ]
    intake = metrics.Intake(1, 1, 1, 0, 0, 1, dict.fromkeys(strings, 1), [(text, text) for text in strings])
    labels = {text: text for text in strings}
    practice = Practice(name=strings[0], contact=strings[-1], license_number="LMT-1")
    return dashboard.render(view(held, practice=practice, intake=intake, themes=labels, sources=labels))


def trees(browser, folder, strings):
    """The page's tree at rest and after a filter, and whatever was said or asked for meanwhile."""
    path, heard = folder / "page.html", []
    path.write_text(page_of(strings), encoding="utf-8", errors="replace")
    page = browser.new_page()
    page.on("dialog", lambda dialog: (heard.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda problem: heard.append(str(problem)))
    page.on("request", lambda asked: asked.url.startswith(("file:", "data:", "blob:")) or heard.append(asked.url))
    page.goto(path.as_uri())
    page.wait_for_selector("html[data-charts]", timeout=60_000)
    page.evaluate(WALK)
    found = [page.evaluate(TREE)]
    page.select_option("#f-sentiment", "negative")
    page.fill("#f-search", "[")
    if page.locator("#more").is_visible():
        page.click("#more")
    found.append(page.evaluate(TREE))
    assert page.locator("#list article").count() == min(len(strings), 2 * dashboard.WRITTEN_OUT)
    page.close()
    return found, heard


def assert_twins(browser, folder, strings):

    twins = [f"Calm and thorough, every time {number}" for number in range(len(strings))]
    (hostile, heard), (benign, _) = (trees(browser, folder, some) for some in (strings, twins))
    assert heard == []
    for (tree, parts), (other, other_parts) in zip(hostile, benign, strict=True):
        assert tree == other
        assert set(parts) <= set(other_parts)


def test_invented_strings(browser, tmp_path):
    assert_twins(browser, tmp_path, HOSTILE)


@pytest.mark.slow
@pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora of hostile strings are not here")
@pytest.mark.parametrize("name", ["blns/blns.json", "xss_owasp/xss_filter_evasion.json"])
def test_known_hostile_strings(browser, tmp_path, name):
    strings = json.loads((CORPORA / name).read_text(encoding="utf-8"))
    kept = [text for text in dict.fromkeys(strings) if text.strip()]
    for start in range(0, len(kept), 60):
        assert_twins(browser, tmp_path, kept[start : start + 60])
