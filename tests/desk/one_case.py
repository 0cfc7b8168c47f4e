"""A desk with the demonstration's seven people and one sealed dossier, and no case yet.

``python -m tests.desk.one_case HOME PORT PILOT ACCOUNT``: that account has an enrolled key to sign with.
"""

from __future__ import annotations

import secrets
import sys
import tarfile
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

from civic_ai.review.envelope import seal_envelope
from civic_ai.review.key_files import make_key_file
from civic_ai.review.keys import enrol
from civic_ai.review.signatures import sign_statement
from civic_ai.store.workspace import Workspace
from civic_ai.web.demo.desk import LETTERS
from civic_ai.web.demo.found import SHIPPED, Calendar, founded
from civic_ai.web.demo.people import CUSTODIAN, PLAYERS
from civic_ai.web.serve import listen
from civic_ai.web.settings import DeskSettings
from civic_ai.web.start import prepare
from civic_ai.web.steps.signing import ACCOUNTS


def main(home: Path, port: int, pilot: str, account: str) -> None:
    """Found it, print name and password of everybody and the address, answer until stopped."""
    home.mkdir()
    with (files("civic_ai.web.demo") / SHIPPED).open("rb") as source, tarfile.open(fileobj=source) as archive:
        mine = (one for one in archive if one.name.split("/")[1:2] == [pilot])
        archive.extractall(home, members=mine, filter="data")
    _found(home, next(player.person for player in PLAYERS if player.account == account), account)
    address = f"http://localhost:{port}"
    application = prepare(DeskSettings(home=home, pilots=home / "pilots", address=address))
    from civic_ai.web.accounts.new import make_account

    for player in PLAYERS:
        password = secrets.token_urlsafe(LETTERS)
        make_account((player.account, player.person, ""), password)
        print(player.account, password, player.person, flush=True)
    listen(application, port, lambda: print(address, flush=True))


def _found(home: Path, person: str, account: str) -> None:
    office, keys = founded(Workspace(home), Calendar(datetime.now(UTC) - timedelta(days=1)))
    theirs = make_key_file(home / "keys" / ACCOUNTS / f"{account}.key", "server", person)
    said, custodian = enrol(theirs.public_key), keys[CUSTODIAN]
    with office.ledger.writing() as book:
        book.append(seal_envelope(said, [sign_statement(said, custodian.public_key, custodian.key)]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])
