"""Two dossiers beside each other, each as the reader may see it."""

from __future__ import annotations

from pathlib import Path

import pytest

from civic_ai.cards.sealed import Sealed
from civic_ai.records.dossier import Audience
from civic_ai.web.accounts.models import Member
from civic_ai.web.desk import Desk
from civic_ai.web.papers import sealed_at
from tests.unit.cards.made_city import City
from tests.unit.review.made_office import PILOT, TO_APPROVAL, take
from tests.unit.web.conftest import card
from tests.unit.web.made_desk import reader
from tests.unit.web.made_dossier import keep, sealed_city


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dossier of a city where the rule wins."""
    return sealed_city(tmp_path_factory.mktemp("other"), City(winner="rule", groups="unequal"), card)


@pytest.fixture
def both(desk: Desk, sealed: Path, other: Path) -> tuple[str, str]:
    """How the two dossiers of one pilot are named."""
    take(desk.office, *TO_APPROVAL[0][:3], **TO_APPROVAL[0][3])
    Member.objects.add("zoe", "zoe", None)
    return keep(desk, PILOT, sealed), keep(desk, PILOT, other)


def seen(address: str, person: str = "coa") -> str:
    answer = reader(person).get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_another_version_is_offered_and_stands_beside(both: tuple[str, str]) -> None:
    one, two = both
    page = f"/cases/{PILOT}/compare/{one}/"
    assert f'value="{PILOT}/{two}"' in seen(page)
    assert f'value="{PILOT}/{one}"' not in seen(page)
    shown = seen(f"{page}?with={PILOT}/{two}")
    for heading in ("What they are", "Main figures", "Gates", "Data", "Groups"):
        assert f"<h2>{heading}</h2>" in shown
    assert "gates have another verdict" in shown or "One gate has another verdict" in shown
    assert "Both are measured alike" in shown


def test_each_reader_sees_of_each_side_what_the_reader_may(
    both: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def noted(folder: Path, digest: str, audience: Audience) -> Sealed:
        asked.append(audience)
        return sealed_at(folder, digest, audience)

    monkeypatch.setattr("civic_ai.web.pages.compare.sealed_at", noted)
    page = f"/cases/{PILOT}/compare/{both[0]}/?with={PILOT}/{both[1]}"
    seen(page, "coa")
    assert asked == ["board", "board"]
    seen(page, "zoe")
    assert asked[2:] == ["public", "public"]


def test_a_pilot_is_found_by_its_name_if_its_dossier_is_here(both: tuple[str, str]) -> None:
    page = f"/cases/{PILOT}/compare/{both[0]}/"
    assert "holds no dossier of a pilot of that name" in seen(f"{page}?other=nowhere")
    assert "holds no dossier of a pilot of that name" in seen(f"{page}?other={PILOT}"), "not handed in"


@pytest.mark.parametrize(
    "chosen", [f"{PILOT}/000000000000", "nowhere/000000000000", "../../etc/passwd", f"{PILOT}/../..", "a/b/c"]
)
def test_what_is_not_there_is_no_page(both: tuple[str, str], chosen: str) -> None:
    answer = reader("coa").get(f"/cases/{PILOT}/compare/{both[0]}/", {"with": chosen})
    assert answer.status_code == 404
