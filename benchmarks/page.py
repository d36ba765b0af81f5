"""How soon the dashboard shows itself and answers, beside an empty plotly page in the same browser.

    python benchmarks/page.py [REVIEWS] [ROUNDS]

Prints medians (least to most) of Chromium's own clocks, and their ratio to the empty plotly page.  "First paint" is
first-contentful-paint; "answers" is the end of DOMContentLoaded, from when on links, search and filters work; "drawn"
is when every chart stands; "filtered" is a search through all reviews after that.
"""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

TESTS = Path(__file__).parents[1] / "tests"
sys.path[:0] = [str(TESTS), str(TESTS / "e2e")]

if TYPE_CHECKING:
    from collections.abc import Iterable

CLOCKS = """() => ({
  "first paint": performance.getEntriesByName("first-contentful-paint")[0].startTime,
  "answers": performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd,
})"""
DRAWN = "() => document.querySelectorAll('.js-plotly-plot .plot-container').length && performance.now()"
FILTERED = """() => {
  const field = document.querySelector("#f-search");
  if (!field) return 0;
  const start = performance.now();
  field.value = "knot shoulder";
  field.dispatchEvent(new Event("input", { bubbles: true }));
  return performance.now() - start;
}"""


def main() -> None:
    """Measure the pages by turns and print the table."""
    given = [int(one) for one in sys.argv[1:]]
    number, rounds = (*given, *(5000, 7)[len(given) :])
    with TemporaryDirectory() as folder:
        pages = written(Path(folder), number)
        times: dict[str, list[dict[str, float]]] = {name: [] for name in pages}
        for _ in range(rounds):
            for name, seen in visits(pages):
                times[name].append(seen)
        sizes = {name: path.stat().st_size / 1e6 for name, path in pages.items()}
    print_table(times, sizes)


def written(folder: Path, number: int) -> dict[str, Path]:
    """The pages to measure, by name."""
    import plotly.graph_objects as go

    from invented_reviews import reviews, view
    from reviewpipe import dashboard

    contents = {
        "an empty plotly page": go.Figure().to_html(include_plotlyjs=True),
        f"the dashboard, {number:,} reviews": dashboard.render(view(reviews(number))),
    }
    paths = {name: folder / f"{place}.html" for place, name in enumerate(contents)}
    for name, path in paths.items():
        path.write_text(contents[name], encoding="utf-8")
    return paths


def visits(pages: dict[str, Path]) -> Iterable[tuple[str, dict[str, float]]]:
    """Each page once, in a browser of its own so that none is warm."""
    from browser import CHROMIUM, FLAGS
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        for name, path in pages.items():
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(path.as_uri())
            drawn: Any = page.wait_for_function(DRAWN).json_value()
            page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
            yield name, {**page.evaluate(CLOCKS), "drawn": drawn, "filtered": page.evaluate(FILTERED)}
            browser.close()


def print_table(times: dict[str, list[dict[str, float]]], sizes: dict[str, float]) -> None:
    """Medians, least and most, and the ratio of each clock."""
    stock, ours = times.values()
    print("| page | MB | " + " | ".join(f"{clock}, ms" for clock in stock[0]) + " |")
    print("|---|---|" + "---|" * len(stock[0]))
    for name, seen in times.items():
        told = [[one[clock] for one in seen] for clock in seen[0]]
        print(f"| {name} | {sizes[name]:.1f} | " + " | ".join(map(spread, told)) + " |")
    ratios = {c: median(o[c] / s[c] for o, s in zip(ours, stock, strict=True)) for c in stock[0] if stock[0][c]}
    print("| ratio | | " + " | ".join(f"{ratios[clock]:.2f}" if clock in ratios else "" for clock in stock[0]) + " |")


def spread(values: list[float]) -> str:
    """120 (110 to 180); nothing where nothing was measured."""
    return f"{median(values):.0f} ({min(values):.0f} to {max(values):.0f})" if any(values) else ""


if __name__ == "__main__":
    main()
