"""What several tests need: a project in an empty folder, and the program as a function."""

import sys

import pytest

import killing
from reviewpipe import cli


@pytest.fixture
def project(tmp_path):
    """An empty practice."""
    (tmp_path / "data" / "raw").mkdir(parents=True)
    return tmp_path


@pytest.fixture
def call(capsys):
    """The program: call("run", "--project", folder) gives (exit code, stdout, stderr)."""

    def called(*arguments):
        with pytest.raises(SystemExit) as done:
            cli.main([str(a) for a in arguments])
        out = capsys.readouterr()
        return done.value.code, out.out, out.err

    return called


@pytest.fixture(scope="session")
def warm(tmp_path_factory):
    """The program in a warm process, to which faults are done from outside."""
    if killing.CC is None or not sys.platform.startswith("linux"):
        pytest.skip("needs Linux and a C compiler")
    started = killing.Warm(tmp_path_factory.mktemp("warm"))
    yield started
    started.close()
