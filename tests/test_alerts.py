"""Alerts, sent to real servers on this machine."""

import json
import socketserver
import threading
import time
from contextlib import suppress
from dataclasses import replace
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from reviewpipe import alerts, config
from reviewpipe.config import Alerts, Config, Practice
from reviewpipe.errors import ConfigError, LeakError, LockedError
from reviewpipe.store import Store

TODAY = date(2026, 11, 2)


class Web(BaseHTTPRequestHandler):
    """Answers with the code that the path begins with, else 200, and keeps what it was asked."""

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.heard.append((self.command, self.path, body))
        code = int(self.path[1:4]) if self.path[1:4].isdigit() else 200
        self.send_response(code)
        if code == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()

    do_GET = do_POST = answer  # noqa: N815  the library's names

    def log_message(self, *_):
        pass


class Post(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a sender of plain letters needs; keeps the letters."""

    def handle(self):
        self.say("220 here")
        while line := self.rfile.readline().decode().strip():
            if line.upper() == "DATA":
                self.say("354 go on")
                lines = iter(self.rfile.readline, b".\r\n")
                self.server.heard.append(b"".join(lines))
            if line.upper() == "QUIT":
                break
            self.say("550 no" if line.upper().startswith("RCPT TO:<NOBODY") else "250 well")
        self.say("221 bye")

    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")


class Mute(socketserver.BaseRequestHandler):
    """Takes the call and says nothing."""

    def handle(self):
        self.server.done.wait(10)


@pytest.fixture
def serve():
    """Starts a server of this kind on a port of its own; gives it with what it `heard`."""
    running = []

    def started(handler, kind=socketserver.ThreadingTCPServer):
        server = kind(("127.0.0.1", 0), handler)
        server.daemon_threads, server.block_on_close = True, False
        server.heard, server.done = [], threading.Event()
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        running.append((server, thread))
        return server

    yield started
    for server, thread in running:
        server.done.set()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def web(serve):
    return serve(Web, ThreadingHTTPServer)


def at(server, path=""):
    return f"http://127.0.0.1:{server.server_address[1]}/{path}"


def through(folder, problem=None, **wanted):
    """What was complained of in a run that ends so."""
    complained = []
    settings = Config(folder=folder, practice=Practice(name="Oak Street"), alerts=Alerts(seconds=0.3, **wanted))
    with suppress(BaseException), alerts.watch(settings, TODAY, complained.append):
        if problem:
            raise problem
    return complained


def test_pings_at_start_success_and_failure(web, tmp_path):
    assert through(tmp_path, ping=at(web, "id")) == []
    assert through(tmp_path, LeakError("x"), ping=at(web, "id/")) == []
    assert through(tmp_path, KeyboardInterrupt(), ping=at(web, "id")) == []
    paths = [(kind, path) for kind, path, _ in web.heard]
    start = ("GET", "/id/start")
    assert paths == [start, ("GET", "/id"), start, ("GET", "/id/fail"), start, ("GET", "/id/fail")]


def test_a_run_that_meets_another_one_tells_nothing(web, tmp_path):
    assert through(tmp_path, LockedError("x"), ping=at(web, "id"), webhook=at(web, "hook")) == []
    assert [path for _, path, _ in web.heard] == ["/id/start"]


def test_a_failure_is_told_with_its_code_and_nothing_of_its_words(web, tmp_path):
    assert through(tmp_path, LeakError("Nadezhda was here"), webhook=at(web, "hook")) == []
    ((_, _, body),) = web.heard
    told = json.loads(body)
    assert (told["practice"], told["subject"]) == ("Oak Street", "run failed")
    assert "exit code 4" in told["text"]
    assert "Nadezhda" not in body.decode()


def test_a_letter(serve, tmp_path):
    post = serve(Post)
    wanted = {"smtp_host": "127.0.0.1", "smtp_port": post.server_address[1], "smtp_security": "none"}
    assert through(tmp_path, LeakError("x"), email_to="owner@example.org", **wanted) == []
    (letter,) = post.heard
    assert b"Subject: Oak Street: run failed (reviewpipe)" in letter
    assert b"exit code 4" in letter
    (said,) = through(tmp_path, LeakError("x"), email_to="nobody@example.org", **wanted)
    assert "the e-mail of the alerts was not delivered" in said


@pytest.mark.parametrize("path", ["404", "500", "302"])
def test_an_answer_that_is_no_success_is_tried_twice_and_said(web, tmp_path, path):
    (said,) = through(tmp_path, LeakError("x"), webhook=at(web, path))
    assert said == "the webhook of the alerts was not delivered (HTTPError).  Check [alerts]."
    assert [asked for _, asked, _ in web.heard] == [f"/{path}"] * 2  # a redirect is not followed


def test_nobody_answers(serve, tmp_path):
    mute = serve(Mute)
    hanging = through(
        tmp_path,
        LeakError("x"),
        webhook=at(mute),
        email_to="a@example.org",
        smtp_host="127.0.0.1",
        smtp_port=mute.server_address[1],
    )
    assert len(hanging) == 2
    mute.shutdown()
    mute.server_close()
    (refused,) = through(tmp_path, LeakError("x"), webhook=at(mute))
    assert "not delivered" in refused


def test_by_default_nothing_is_sent(tmp_path):
    """Not even the modules for it are there to be called."""
    assert not alerts.configured(Config(folder=tmp_path))
    assert not alerts.configured(replace(Config(folder=tmp_path), alerts=Alerts(smtp_host="mail.example.org")))


@pytest.mark.parametrize(
    "line",
    [
        'webhook = "http://example.org/x"',
        'ping = "ftp://example.org"',
        'email_to = "a@example.org"',
        'smtp_user = "a"\nsmtp_security = "none"',
    ],
)
def test_settings_that_would_not_be_safe(tmp_path, line):
    (tmp_path / "reviewpipe.toml").write_text(f"[alerts]\n{line}\n")
    with pytest.raises(ConfigError):
        config.load(tmp_path)


def test_the_password_is_from_the_environment_or_a_file_of_ones_own(tmp_path, monkeypatch):
    settings = Config(
        folder=tmp_path,
        alerts=Alerts(
            email_to="a@example.org",
            smtp_host="h",
            smtp_user="a",
            password_file="file",  # noqa: S106  a name
        ),
    )
    file = tmp_path / "file"
    with pytest.raises(ConfigError, match="cannot be read"):
        alerts.password(settings)
    file.write_text("s3same\n")
    file.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        alerts.password(settings)
    file.chmod(0o600)
    assert alerts.password(settings) == "s3same"
    monkeypatch.setenv(alerts.PASSWORD, "other")
    assert alerts.password(settings) == "other"


def test_news_of_a_practice_are_told_once_and_hold_no_words(web, tmp_path, call):
    """A webhook as a scheduled job meets it: nothing of the first run, one line of the second, nothing of the third."""
    raw = tmp_path / "data" / "raw"
    raw.mkdir(parents=True)
    (tmp_path / "reviewpipe.toml").write_text(f'[alerts]\nwebhook = "{at(web, "hook")}"\n', encoding="utf-8")
    head = "Author,Date,Rating,Review\n"
    (raw / "a.csv").write_text(head + "Wrenna Oakley,2026-10-03,5,My shoulder moves freely again after two visits.\n")
    assert call("run", "--project", tmp_path)[0] == 0
    assert web.heard == []
    (raw / "b.csv").write_text(
        head + "Tobin Fellmark,2026-10-09,1,Twenty minutes late and the massage was rushed. Awful.\n"
    )
    assert call("run", "--project", tmp_path)[0] == 0
    ((_, path, body),) = web.heard
    assert (path, json.loads(body)["lines"]) == ("/hook", ["1 new review of unhappy clients."])
    assert not any(word in body.decode() for word in ("Tobin", "Fellmark", "rushed", "late", ".csv"))
    assert call("run", "--project", tmp_path)[0] == 0
    assert len(web.heard) == 1


def test_a_share_that_changed_beyond_chance_is_told_once(web, tmp_path, call):
    raw = tmp_path / "data" / "raw"
    raw.mkdir(parents=True)
    (tmp_path / "reviewpipe.toml").write_text(f'[alerts]\nwebhook = "{at(web, "hook")}"\n', encoding="utf-8")
    good = "The massage was wonderful and my back pain is gone, visit number"
    bad = "Rude, late and rushed, an awful massage and my pain is worse, visit number"
    rows = [f"Client {n},2026-{8 + n % 2:02d}-{1 + n % 28:02d},,{bad if n % 2 else good} {n}." for n in range(60)]
    (raw / "a.csv").write_text("Author,Date,Rating,Review\n" + "\n".join(rows) + "\n")
    config_ = config.load(tmp_path)
    assert call("run", "--project", tmp_path)[0] == 0
    with Store.open(config_.store) as store:
        store.set_meta(alerts.TOLD, "{}")
        told = alerts.news(config_, store, date(2026, 10, 5))
    assert any(
        "2026-09: the share of positive reviews went down (0 of 30, before 30 of 30)" in line for line in told.lines
    )
    assert "2026-09 positive down" in told.marks


def test_a_failure_is_told_once_and_that_runs_work_again(web, tmp_path, call):
    (tmp_path / "data" / "raw").mkdir(parents=True)
    page = tmp_path / "data" / "raw" / "page.txt"
    page.write_text("My neck pain is gone, thank you!\n\nTeodora V.\n")
    (tmp_path / "reviewpipe.toml").write_text(f'[alerts]\nwebhook = "{at(web, "hook")}"\n')
    assert call("run", "--project", tmp_path)[0] == 0
    page.rename(tmp_path / "aside")
    assert [call("run", "--project", tmp_path)[0] for _ in range(2)] == [3, 3]
    (tmp_path / "aside").rename(page)
    assert [call("run", "--project", tmp_path)[0] for _ in range(2)] == [0, 0]
    first, second = (json.loads(body)["lines"] for _, _, body in web.heard)
    assert first == ["The run failed with exit code 3.  `reviewpipe doctor` says more."]
    assert second == ["Runs work again."]


def test_what_did_not_arrive_is_told_by_the_next_run(web, tmp_path, call):
    raw = tmp_path / "data" / "raw"
    raw.mkdir(parents=True)
    (raw / "a.txt").write_text("My neck pain is gone, thank you!\n\nTeodora V.\n")
    for way, told in (("hook", 0), ("500", 2), ("hook", 3), ("hook", 3)):
        (tmp_path / "reviewpipe.toml").write_text(f'[alerts]\nwebhook = "{at(web, way)}"\n')
        assert call("run", "--project", tmp_path)[0] == 0
        assert len(web.heard) == told
        (raw / "b.txt").write_text("Terrible, rude and painful. I hated every minute, awful.\n\nGrover P.\n")
    assert json.loads(web.heard[-1][2])["lines"] == ["1 new review of unhappy clients."]


def test_too_many_refused_rows_are_told_once(web, tmp_path, call):
    raw = tmp_path / "data" / "raw"
    raw.mkdir(parents=True)
    (raw / "a.csv").write_text("Author,Date,Rating,Review\n" + "Ann,2026-10-03,5,My neck is fine.\n,2026-10-03,,\n" * 3)
    settings = f'[thresholds]\nmax_rejected_share = 1.0\n[alerts]\nrefused_limit = 2\nwebhook = "{at(web, "hook")}"\n'
    (tmp_path / "reviewpipe.toml").write_text(settings)
    assert [call("run", "--project", tmp_path)[0] for _ in range(2)] == [0, 0]
    (told,) = [json.loads(body)["lines"] for _, _, body in web.heard]
    assert told == ["3 rows or files are refused.  `reviewpipe doctor` and `reviewpipe inspect` say why."]


class Babbling(socketserver.BaseRequestHandler):
    """Answers in no protocol: http.client's errors about it are no OSErrors."""

    def handle(self):
        self.request.recv(65536)
        self.request.sendall(b"\xff babble\r\n\r\n")


class Dripping(socketserver.BaseRequestHandler):
    """A byte now and then, so that no single read takes long."""

    def handle(self):
        for _ in range(100):
            try:
                self.request.sendall(b"H")
            except OSError:
                return
            time.sleep(0.05)


@pytest.mark.parametrize("handler", [Babbling, Dripping])
def test_a_server_that_misbehaves_changes_nothing_for_the_run(serve, tmp_path, handler):
    began = time.monotonic()
    (said,) = through(tmp_path, LeakError("x"), webhook=at(serve(handler)))
    assert "was not delivered" in said
    assert time.monotonic() - began < 4


def test_the_trial(web, tmp_path, call):
    code, _, err = call("alerts", "test", "--project", tmp_path)
    assert (code, "No alerts are set up" in err) == (2, True)
    (tmp_path / "reviewpipe.toml").write_text(f'[alerts]\nwebhook = "{at(web, "hook")}"\nping = "{at(web, "id")}"\n')
    assert call("alerts", "test", "--project", tmp_path)[0] == 0
    assert [path for _, path, _ in web.heard] == ["/id", "/hook"]
    (tmp_path / "reviewpipe.toml").write_text(f'[alerts]\nwebhook = "{at(web, "404")}"\n')
    code, _, err = call("alerts", "test", "--project", tmp_path)
    assert (code, "1 of 1 did not arrive" in err) == (2, True)
