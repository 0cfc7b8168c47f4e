"""One office's own server: threads of one process, on this machine only."""

from __future__ import annotations

from collections.abc import Callable
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.db import connections

from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import say
from civic_ai.web.settings import DeskSettings
from civic_ai.web.start import prepare

HERE = "127.0.0.1"


class _Threads(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """One request; then its thread ends, and with it what it had open."""
        super().process_request_thread(request, client_address)
        connections.close_all()


class _Quiet(WSGIRequestHandler):
    """No line for each request: addresses of pages say who reads what."""

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


def serve(desk: DeskSettings, port: int, ready: Callable[[], None]) -> None:
    """Answer until interrupted."""
    listen(prepare(desk), port, ready)


def listen(application: Any, port: int, ready: Callable[[], None]) -> None:
    """Answer with this application until interrupted; ``ready`` is called once the door is open.

    Raises :class:`ConfigError` where another program listens at the port, or it may not be used.
    """
    with _opened(application, port) as server:
        ready()
        server.serve_forever()


def _opened(application: Any, port: int) -> WSGIServer:
    try:
        return make_server(HERE, port, application, _Threads, _Quiet)
    except OSError as error:
        raise ConfigError.because(
            say("nothing can listen at port {port}: {reason}", port=port, reason=error.strerror or error),
            about="--port",
            remedy=say("Name a port that no other program uses, such as 8001."),
        ) from error
