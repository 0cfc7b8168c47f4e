"""Run a verb of a group as ``civic-ai`` would, without the other verbs."""

from __future__ import annotations

import io
import sys

import pytest
import typer

from civic_ai.core.errors import CivicError


def run(app: typer.Typer, *arguments: object) -> int:
    """The exit code of one command of ``app``."""
    try:
        return int(app(args=[str(one) for one in arguments], standalone_mode=False) or 0)
    except CivicError as error:
        print(error.text(), file=sys.stderr)
        return error.exit_code


def type_in(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Let the next command read ``text`` from standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
