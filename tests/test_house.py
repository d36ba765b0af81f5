"""The rules of the house that a machine can check."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "reviewpipe"
MODULES = sorted(SOURCE.rglob("*.py"))
TRACKED = [
    ROOT / name
    for name in subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
]

# From the ground up: a module imports from lower floors, and from its own package.
FLOORS = (
    ("errors", "pieces"),
    ("config", "schema", "tokens", "sentences", "alphabet"),
    ("ingest", "clean", "anonymise", "sentiment", "themes", "execute", "store", "rawfolder"),
    ("calibrate", "consent", "drift", "keys", "rawreviews", "versions"),
    ("knowledge", "summary"),
    ("pipeline", "metrics", "runlog"),
    ("quotes", "analysis", "corrections", "evaluation", "rehearsal"),
    ("dashboard", "report", "export"),
    ("publish", "advertising"),
    ("alerts", "backup", "bulk", "doctor", "forget", "retention", "rotation", "schedule"),
    ("cli",),
)
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}


def room_of(path: Path) -> str:
    first = path.relative_to(SOURCE).parts[0]
    return first.removesuffix(".py")


def name_of(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def imported_rooms(tree: ast.Module) -> set[str]:
    """Rooms that a module imports when it runs; what only type checkers see does not count."""
    rooms = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            node.body = []
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "reviewpipe":
            parts = node.module.split(".")
            rooms |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
        if isinstance(node, ast.Import):
            rooms |= {a.name.split(".")[1] for a in node.names if a.name.startswith("reviewpipe.")}
    return rooms - {"__version__"}


def functions(tree: ast.Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_go_down(path):
    room = room_of(path)
    if room in ("__init__", "__main__"):
        return
    assert room in FLOOR, f"{room} stands on no floor"
    for other in imported_rooms(ast.parse(path.read_text(encoding="utf-8"))) - {room}:
        assert FLOOR[other] < FLOOR[room], f"{name_of(path)} imports {other}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_size_of_modules_and_functions(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 400
    for function in functions(ast.parse(text)):
        body = function.body[1:] if ast.get_docstring(function) else function.body
        length = function.end_lineno - body[0].lineno + 1 if body else 0
        assert length <= 40, f"{function.name} has {length} lines"


def test_no_module_is_named_for_nothing():
    banned = {"utils", "util", "helpers", "helper", "core", "common", "manager", "base", "misc"}
    assert not [name_of(path) for path in MODULES if path.stem in banned]


def test_only_these_rooms_know_these_things():
    """One place for each foreign thing; the value is where it may be imported."""
    homes = {
        "sqlite3": {"store"},
        "plotly": {"dashboard"},
        "click": {"cli"},
        "lxml": {"ingest"},
        "dask": {"execute"},
        "fsspec": {"bulk"},
    }
    homes |= {name: {"alerts"} for name in ("smtplib", "ssl", "http")}
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name.split(".")[0] for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module.split(".")[0]]
                assert node.module != "urllib.request" or room_of(path) == "alerts", name_of(path)
            for name in names:
                assert room_of(path) in homes.get(name, {room_of(path)}), f"{name_of(path)} imports {name}"
                assert name not in {"pickle", "shelve", "marshal", "socket", "requests", "urllib3"}, name_of(path)


def test_no_module_level_code_reads_the_clock_or_chance():
    """Stages are pure: the clock enters through the command line."""
    for path in MODULES:
        if room_of(path) == "cli":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                assert not re.fullmatch(r"(datetime|date)\.(now|today|utcnow)|time\.time|random\.\w+", called), (
                    f"{name_of(path)}: {called}"
                )


def test_no_abstract_classes_or_import_time_scans():
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        assert "ABCMeta" not in text, name_of(path)
        assert "(ABC)" not in text, name_of(path)
        assert "iter_modules" not in text, name_of(path)


def test_every_exception_to_a_lint_rule_has_a_reason():
    for path in TRACKED:
        if path.suffix == ".py" and path.exists():
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                mark = re.search(r"#\s*(?:noqa: [A-Z0-9, ]+|type: ignore\[[\w-]+(?:, ?[\w-]+)*\])(.*)", line)
                assert not mark or len(mark.group(1).strip()) > 5, f"{path.name}:{number}"


def test_models_are_as_the_manifest_says():
    import json
    from hashlib import sha256

    manifest = json.loads((SOURCE / "models" / "manifest.json").read_text(encoding="utf-8"))
    shipped = {path.name for path in (SOURCE / "models").glob("*.npz")}
    assert shipped == set(manifest)
    for name, facts in manifest.items():
        content = (SOURCE / "models" / name).read_bytes()
        assert sha256(content).hexdigest() == facts["sha256"], name
    assert sum((SOURCE / "models" / name).stat().st_size for name in manifest) < 3_000_000


def test_start_is_light():
    """`reviewpipe --help` must not pay for pandas, scikit-learn or plotly."""
    code = "import sys, reviewpipe.cli; print([m for m in ('pandas', 'sklearn', 'plotly', 'numpy', 'lxml') if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_lock_files_have_hashes_and_no_addresses():
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text
        pins = re.findall(r"^[\w.-]+==", text, re.MULTILINE)
        assert pins
        assert len(pins) == len(re.findall(r"^[\w.-]+==[^\n]*\\\n\s+--hash=sha256:", text, re.MULTILINE))


def test_lock_covers_the_dependencies():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    locked = {m.lower() for m in re.findall(r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE)}
    for wanted in project["dependencies"]:
        assert re.match(r"[\w.-]+", wanted).group().lower() in locked


def test_every_dependency_has_its_reason():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    said = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").lower()
    for wanted in project["dependencies"]:
        assert re.match(r"[\w.-]+", wanted).group().lower() in said, wanted


def test_nothing_committed_names_a_machine_or_a_registry():
    for path in TRACKED:
        if (
            path.suffix in {".py", ".md", ".toml", ".lock", ".sql", ".css", ".js", ".html", ".json", ""}
            and path.is_file()
        ):
            text = path.read_text(encoding="utf-8", errors="replace")
            for banned in ("/wo" + "rk/", "/ro" + "ot/", "pypi" + ".org", "registry.npm" + "js"):
                assert banned not in text, f"{path.relative_to(ROOT)}: {banned}"
