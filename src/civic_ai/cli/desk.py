"""``civic-ai desk``: the review desk on this machine, and the accounts of those who use it."""

from __future__ import annotations

import getpass
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civic_ai.cli.language import reader_language
from civic_ai.cli.office import POLICY_HELP, WORKSPACE_HELP
from civic_ai.cli.record import LEDGER_VARIABLE, LOG_KEY_VARIABLE, LedgerOption, LogKeyOption
from civic_ai.core.messages import say

if TYPE_CHECKING:
    from civic_ai.web.settings import DeskSettings

app = typer.Typer(
    help="The review desk: start it, make accounts. docs/how-to/desk.md says how a city runs it.",
    invoke_without_command=True,
)
WorkspaceOption = Annotated[Path | None, typer.Option("--workspace", help=WORKSPACE_HELP)]
SettingsOption = Annotated[
    Path | None, typer.Option("--settings", help="The file that describes the desk; else CIVIC_AI_DESK.")
]
PORT = 8000
PortOption = Annotated[int, typer.Option(min=0, max=65535, help="Where it listens, on this machine only.")]
DEMO_HELP = "A desk to try: invented cities, seven people, a case in each state. It prints their passwords."


@app.callback()
def desk(
    context: typer.Context,
    port: PortOption = PORT,
    settings: SettingsOption = None,
    pilots: Annotated[Path | None, typer.Option(help="The folder with a folder for each pilot.")] = None,
    ledger: LedgerOption = None,
    log_key: LogKeyOption = None,
    workspace: WorkspaceOption = None,
    policy: Annotated[Path | None, typer.Option(help=POLICY_HELP)] = None,
    demo: Annotated[bool, typer.Option("--demo", help=DEMO_HELP)] = False,
) -> None:
    """Start the desk for one office, on this machine. `docs/how-to/desk.md` says how behind a server."""
    if context.invoked_subcommand is not None:
        return
    _tell_of_assets()
    if demo:
        _demo(workspace, port)
        return
    from civic_ai.web.serve import serve

    typed = {"pilots": pilots and pilots.resolve(), "ledger": ledger, "log_key": log_key, "policy": policy}
    found = _settings(settings, workspace, port)
    found = found.model_copy(update={name: value for name, value in typed.items() if value is not None})
    serve(found, port, _tell_of(found.address))


def _tell_of_assets() -> None:
    from civic_ai.web.assets import REMEDY, assets_fault

    if fault := assets_fault():
        print(f"{fault.text(reader_language())}. {REMEDY.text(reader_language())}", file=sys.stderr)


def _demo(workspace: Path | None, port: int) -> None:
    """The demonstration, in a folder that is thrown away unless one is named."""
    from civic_ai.web.demo.desk import open_demo
    from civic_ai.web.serve import listen

    with _thrown_away() as folder:
        address = f"http://localhost:{port}"
        application, passwords = open_demo(workspace or folder, address)
        print(_who_may_sign_in(passwords), flush=True)
        listen(application, port, _tell_of(address))


@contextmanager
def _thrown_away() -> Iterator[Path]:
    """A folder that goes with the process, also when that is ended from outside: a demonstration holds two
    hundred megabytes."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with tempfile.TemporaryDirectory(prefix="civic-ai-demo-") as folder:
        yield Path(folder)


def _tell_of(address: str) -> Callable[[], None]:
    """Prints where the desk is, once it answers there."""
    said = say("The desk: {address}", address=address).text(reader_language())
    return lambda: print(said, flush=True)


def _who_may_sign_in(passwords: Mapping[str, str]) -> str:
    """Name, password, person and roles of everybody."""
    from civic_ai.cli.table import format_table
    from civic_ai.records.workflow_words import ROLES
    from civic_ai.web.demo.people import PLAYERS

    language = reader_language()
    columns = (say("Name"), say("Password"), say("Person"), say("Roles"))
    rows = [
        (each.account, passwords[each.account], each.person,
         ", ".join(ROLES[role].text(language) for role in each.roles))
        for each in PLAYERS
    ]  # fmt: skip
    return format_table(tuple(column.text(language) for column in columns), rows)


@app.command("account")
def account(
    person: Annotated[str, typer.Argument(help="As the ledger names the person.")],
    name: Annotated[str | None, typer.Option("--name", help="As typed to sign in; else the same.")] = None,
    email: Annotated[str, typer.Option("--email", help="Where notices go.")] = "",
    settings: SettingsOption = None,
    workspace: WorkspaceOption = None,
) -> int:
    """Make an account. The password is asked for, or read from standard input."""
    from civic_ai.web.start import add_account

    add_account(_settings(settings, workspace), (name or person, person, email), _password())
    return 0


@app.command("password")
def password(
    name: Annotated[str, typer.Argument(help="As typed to sign in.")],
    settings: SettingsOption = None,
    workspace: WorkspaceOption = None,
) -> int:
    """Give an account another password, asked for or read from standard input; its open sessions end."""
    from civic_ai.web.start import renew_password

    renew_password(_settings(settings, workspace), name, _password())
    return 0


@app.command("close")
def close(
    name: Annotated[str, typer.Argument(help="As typed to sign in.")],
    settings: SettingsOption = None,
    workspace: WorkspaceOption = None,
) -> int:
    """Close the account of somebody who left; open sessions end. What was signed stays, and so do roles."""
    from civic_ai.web.start import end_account

    end_account(_settings(settings, workspace), name)
    return 0


def _password() -> str:
    asked = say("Password: ").text(reader_language())
    return getpass.getpass(asked) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")


@app.command("notify")
def notify(
    smtp: Annotated[str, typer.Option("--smtp", help="The mail server, HOST:PORT.")],
    sender: Annotated[str, typer.Option("--from", help="The sender's address.")],
    address: Annotated[
        str | None, typer.Option("--address", help="The desk's, as people type it; else as its settings say.")
    ] = None,
    tls: Annotated[bool, typer.Option("--tls", help="Go on in TLS (STARTTLS).")] = False,
    settings: SettingsOption = None,
    workspace: WorkspaceOption = None,
) -> int:
    """Tell people by e-mail what waits for them; nobody is told twice. User and password of the mail server
    come from CIVIC_AI_SMTP_USER and CIVIC_AI_SMTP_PASSWORD."""
    from civic_ai.web.start import prepare

    found = _settings(settings, workspace)
    found = found if address is None else found.model_copy(update={"address": address})
    prepare(found)
    from civic_ai.web.desk import open_desk
    from civic_ai.web.notices.mail import MailServer, send_notices

    host, _, port = smtp.rpartition(":")
    user, password = (os.environ.get(f"CIVIC_AI_SMTP_{name}", "") for name in ("USER", "PASSWORD"))
    many = send_notices(open_desk(found), MailServer(host, int(port), sender, user, password, tls))
    print(say("Letters sent: {many}", many=many).text(reader_language()))
    return 0


def _settings(file: Path | None, workspace: Path | None, port: int = PORT) -> DeskSettings:
    """The desk of a file of settings; else the workspace's own, as the environment names its parts."""
    from civic_ai.store.workspace import open_workspace
    from civic_ai.web.settings import DeskSettings
    from civic_ai.web.settings_file import VARIABLE, settings_of

    if file is not None or (workspace is None and os.environ.get(VARIABLE)):
        return settings_of(os.environ, file)
    log_key = os.environ.get(LOG_KEY_VARIABLE)
    return DeskSettings(
        home=open_workspace(os.environ, workspace).folder,
        pilots=Path("pilots").resolve(),
        ledger=os.environ.get(LEDGER_VARIABLE) or None,
        log_key=Path(log_key) if log_key else None,
        address=f"http://localhost:{port}",
    )
