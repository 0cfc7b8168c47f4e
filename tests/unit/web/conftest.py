"""Each test gets a desk and accounts of its own."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

pytest.importorskip("django", reason="the desk's libraries are not installed (civic-ai[desk])")

from tests.unit.web import made_django  # noqa: F401, I001  (first: it tells Django what it needs)

from django.conf import settings
from django.db import transaction

from civic_ai.web import desk as desks
from civic_ai.web.desk import Desk
from tests.unit.cards.made_city import City
from tests.unit.web.made_desk import made_desk, made_members
from tests.unit.web.made_dossier import sealed_city

SHIPPED_PILOT = "rivermouth-potholes"


@pytest.fixture
def accounts() -> Iterator[None]:
    """Accounts of everybody, gone after the test."""
    with transaction.atomic():
        made_members()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def desk(accounts: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk on a new ledger."""
    made = made_desk(tmp_path)
    monkeypatch.setattr(settings, "CIVIC_AI", made.settings)
    monkeypatch.setattr(desks, "_opened", {made.settings: made}.__getitem__)
    return made


def card(audience: str, language: str) -> str:
    """A card that says who may read it."""
    return f'<p class="quiet">sealed for {audience}, {language}</p>'


@pytest.fixture(scope="session")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a made city's sealed dossier, with cards of a line each; nobody changes it."""
    return sealed_city(tmp_path_factory.mktemp("sealed"), City(), card)


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of one sealed dossier of the demonstration, with every card; nobody changes it."""
    home = tmp_path_factory.mktemp("shipped")
    wanted = f"dossiers/{SHIPPED_PILOT}/"
    packed = files("civic_ai.web.demo") / "dossiers.tar.xz"
    with packed.open("rb") as source, tarfile.open(fileobj=source, mode="r:xz") as archive:
        inside = [member for member in archive if member.name.startswith(wanted)]
        archive.extractall(home, members=inside, filter="data")
    (dossier,) = (home / wanted).iterdir()
    return dossier
