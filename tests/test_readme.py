"""README and guide are held to what the program does."""

import io
import re
import shlex
import subprocess
from dataclasses import fields

import pytest

from reviewpipe import cli, config
from sample import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def commands(text):
    """The reviewpipe commands of the code blocks and tables of a page."""
    lines = [line.split("#")[0] for _, block in BLOCK.findall(text) for line in block.splitlines()]
    return [line.strip() for line in lines if line.strip().startswith("reviewpipe ")]


def test_every_command_and_setting_is_told():
    for command in cli.COMMANDS:
        assert f"`reviewpipe {command}" in README
    for cls in (
        config.Practice,
        config.StaffMember,
        config.Source,
        config.Themes,
        config.Privacy,
        config.Quotes,
        config.Thresholds,
        config.Log,
        config.Retention,
    ):
        for field in fields(cls):
            assert f"`{field.name}`" in README


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_and_pictures_are_there(page):
    for target in re.findall(r"\]\(([^)#:]+?)(?:#[\w-]+)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_the_commands_run(project, call, monkeypatch):
    """In the order of the page, on a page of invented testimonials."""
    (project / "data" / "raw" / "page.txt").write_text(
        "What clients say\n\nMy neck pain is gone, thank you so much!\n\nTeodora V.\n\n"
        "She took her time and I loved every minute of it.\n\nGrover P.\n",
        encoding="utf-8",
    )
    assert call("run", "--project", project)[0] == 0
    for page in PAGES:
        for line in commands(page.read_text(encoding="utf-8")):
            words = shlex.split(line.split(">")[0])[1:]
            monkeypatch.setattr("sys.stdin", io.StringIO())  # nobody answers
            of_no_review = any(re.fullmatch(r"[0-9a-f]{8}|\d|consents\.csv", w) for w in words) and words[0] != "report"
            of_no_review &= "-n" not in words
            if (
                {"--open", "--install", "--remove"} & {*words}
                or words[0] in ("init", "alerts")
                or any(w.startswith("FILE") for w in words)
                or of_no_review
            ):
                words = [words[0], "--help"]
            words = [
                "data/raw/page.txt" if w.endswith((".csv", ".txt", ".jsonl")) and words[0] == "inspect" else w
                for w in words
            ]
            words = [str(project / w) if w.startswith(("data/", "reviews.", "quotes.", "cards")) else w for w in words]
            code, _, err = call(*words, *([] if "--help" in words else ["--project", project]))
            assert code == 0, f"{page.name}: {line}: {err}"


def test_the_python_examples_say_what_comes_out():
    import reviewpipe

    (block,) = [code for language, code in BLOCK.findall(README) if language == "python"]
    checked = 0
    for line in block.splitlines():
        code, _, expected = line.partition("  #")
        if expected:
            assert repr(eval(code, {"reviewpipe": reviewpipe})) == expected.strip(), code  # noqa: S307  our own README
            checked += 1
    assert checked == 2


def test_make_knows_the_targets():
    for target in ("run", "test", "check-all", "lint", "bench"):
        subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, check=True)
