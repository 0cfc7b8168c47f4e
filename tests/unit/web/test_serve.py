"""The desk's own server listens on this machine only, answers several at once, and keeps no diary."""

from __future__ import annotations

import socket
import threading
import urllib.request
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from civic_ai.core.errors import ConfigError
from civic_ai.web import serve


def test_it_answers_on_this_machine_and_tells_nobody_who_reads_what(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    made: list[Any] = []

    def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        start("200 OK", [("Content-Type", "text/plain")])
        return [environ["PATH_INFO"].encode()]

    def kept(*given: Any) -> Any:
        made.append(real(*given))
        return made[0]

    real = serve.make_server
    monkeypatch.setattr(serve, "make_server", kept)
    is_open = threading.Event()
    thread = threading.Thread(target=serve.listen, args=(application, 0, is_open.set), daemon=True)
    thread.start()
    assert is_open.wait(5)
    host, port = made[0].server_address[:2]
    assert host == "127.0.0.1"
    assert urllib.request.urlopen(f"http://{host}:{port}/who-reads").read() == b"/who-reads"
    made[0].shutdown()
    thread.join(5)
    out, err = capfd.readouterr()
    assert "who-reads" not in out + err


def test_a_request_leaves_no_connection_to_a_database_open(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[str] = []
    monkeypatch.setattr(
        serve.connections, "close_all", lambda: closed.append(threading.current_thread().name)
    )
    made: list[Any] = []
    real = serve.make_server
    monkeypatch.setattr(serve, "make_server", lambda *given: made.append(real(*given)) or made[0])

    def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        start("200 OK", [("Content-Type", "text/plain")])
        return [b"x"]

    is_open = threading.Event()
    thread = threading.Thread(target=serve.listen, args=(application, 0, is_open.set), daemon=True)
    thread.start()
    assert is_open.wait(5)
    urllib.request.urlopen(f"http://127.0.0.1:{made[0].server_address[1]}/").read()
    made[0].shutdown()
    thread.join(5)
    assert len(closed) == 1
    assert closed[0] != thread.name


def test_a_port_that_another_program_has_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"at port {port}: Address already in use"):
            serve.listen(None, port, lambda: None)
