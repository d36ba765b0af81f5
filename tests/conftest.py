"""What several tests need: a project in an empty folder, and the program as a function."""

import pytest

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
