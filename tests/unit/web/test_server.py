"""What gunicorn is told."""

from __future__ import annotations

import pytest

from civic_ai.web import server
from civic_ai.web.settings import PATIENCE


def test_gunicorn_knows_every_setting_and_takes_it() -> None:
    config = pytest.importorskip("gunicorn.config").Config()
    said = {name: value for name, value in vars(server).items() if name in config.settings}
    for name, value in said.items():
        config.set(name, value)
    assert {"wsgi_app", "preload_app", "worker_class", "control_socket_disable"} <= said.keys()
    assert config.address == [("127.0.0.1", 8000)]
    assert config.timeout > PATIENCE
    assert config.accesslog is None


def test_the_application_is_one_that_stands() -> None:
    module, _, name = server.wsgi_app.partition(":")
    from civic_ai.web import start

    assert (module, callable(getattr(start, name.removesuffix("()")))) == (start.__name__, True)
