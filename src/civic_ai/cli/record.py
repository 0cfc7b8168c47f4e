"""Where the record stands: the ledger's address and the log's key, as the command line names them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from civic_ai.review.ledger import Ledger
    from civic_ai.review.note import NoteKey, VerifierKey

LEDGER_VARIABLE, LOG_KEY_VARIABLE = "CIVIC_AI_LEDGER", "CIVIC_AI_LOG_KEY"
LedgerOption = Annotated[
    str | None,
    typer.Option(
        "--ledger",
        help="The ledger's address, sqlite:///... or postgresql+psycopg://...; else the workspace's.",
    ),
]
LogKeyOption = Annotated[
    Path | None,
    typer.Option("--log-key", help="The log's private key file; else keys/log.key of the workspace."),
]
LogPublicOption = Annotated[
    Path | None,
    typer.Option("--log", help="The log's public key file; else keys/log.key.pub of the workspace."),
]
SignWithOption = Annotated[
    Path, typer.Option("--sign-with", help="Your private key file: of civic-ai, or an OpenSSH key.")
]


def ledger_url(given: str | None, home: Path | None = None) -> str:
    """The ledger's address: as given, else as CIVIC_AI_LEDGER says, else in the workspace.

    ``home``, here and below, is the folder of a workspace that was named; else the usual one.
    """
    return given or os.environ.get(LEDGER_VARIABLE) or f"sqlite:///{_ledger_file(home)}"


def log_key(given: Path | None, home: Path | None = None) -> NoteKey:
    """The log's key: as given, else as CIVIC_AI_LOG_KEY says, else in the workspace."""
    from civic_ai.review.key_files import note_key, read_key_file

    return note_key(read_key_file(given or _log_key_file(home)))


def log_public_key(given: Path | None, home: Path | None = None) -> VerifierKey:
    """The log's public key: the file that is given, else the one beside the log's key."""
    private = _log_key_file(home)
    return read_line_key(given or private.with_name(f"{private.name}.pub"))


def ledger_stands(given: str | None, home: Path | None = None) -> bool:
    """Whether a ledger was named, by the caller or the environment, or stands in the workspace."""
    return bool(given or os.environ.get(LEDGER_VARIABLE)) or _ledger_file(home).is_file()


def ledger_to_read(given: str | None, home: Path | None = None) -> Ledger:
    """The ledger, without the log's key."""
    from civic_ai.review.ledger import open_ledger

    return open_ledger(ledger_url(given, home))


def ledger_to_write(given: str | None, key: Path | None) -> Ledger:
    """The ledger, with the log's key."""
    from civic_ai.review.ledger import open_ledger

    return open_ledger(ledger_url(given), log_key(key))


def read_line_key(path: Path) -> VerifierKey:
    """The public key of a log or a witness in a file. Raises :class:`ConfigError` when it holds none."""
    from civic_ai.core.errors import ConfigError
    from civic_ai.core.messages import say
    from civic_ai.review.note import read_verifier_key

    try:
        return read_verifier_key(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError.because(
            say("cannot be read: {reason}", reason=error),
            about=str(path),
            remedy=say("Name the file with the public key of the log or the witness."),
        ) from error


def _ledger_file(home: Path | None) -> Path:
    return (home or _workspace()) / "ledger.sqlite"


def _log_key_file(home: Path | None) -> Path:
    named = os.environ.get(LOG_KEY_VARIABLE)
    return Path(named) if named else (home or _workspace()) / "keys" / "log.key"


def _workspace() -> Path:
    from civic_ai.store.workspace import open_workspace

    return open_workspace(os.environ).folder
