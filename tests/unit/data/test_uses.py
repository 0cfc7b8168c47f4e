from __future__ import annotations

from pathlib import Path

import pytest

from civic_ai.core.errors import ConfigError
from civic_ai.data.contract import load_contracts
from civic_ai.pilot.load import load_pilot
from tests.unit.data.cities import PILOT, REQUESTS_CONTRACT, pilot_folder

KIND = "kind: {type: text, allowed"


def refuse(folder: Path, old: str, new: str) -> dict[str, tuple[int, str]]:
    """The line in pilot.yaml and the text of each mistake, when the contract or the pilot is changed."""
    pilot_folder(folder)
    contract = folder / "contracts" / "requests.yaml"
    contract.write_text(REQUESTS_CONTRACT.replace(old, new))
    (folder / "pilot.yaml").write_text(PILOT.replace(old, new))
    with pytest.raises(ConfigError) as caught:
        load_contracts(load_pilot(folder, {}))
    assert all(
        mistake.place and mistake.place.file.endswith("pilot.yaml") for mistake in caught.value.mistakes
    )
    return {m.about: (m.place.line or 0, m.text()) for m in caught.value.mistakes if m.place}


def line(fragment: str) -> int:
    return next(i for i, text in enumerate(PILOT.splitlines(), 1) if fragment in text)


@pytest.mark.parametrize(
    ("change", "about", "fragment", "says"),
    [
        (
            ("created_at: {type", "made: {type"),
            "sources.requests.known_at",
            "requests: {path",
            "called created_at",
        ),
        ((KIND, "sort: {type: text, allowed"), "label.where", "label:", "no column called kind"),
        (
            (KIND, "kind: {type: text, drop: true, allowed"),
            "label.where",
            "label:",
            "is dropped by its contract",
        ),
        (("  lat: {type", "  latitude: {type"), "unit.grid.lat", "unit:", "no column called lat"),
        (("kind == 'pothole'", "kind == 'Pothole'"), "label.where", "label:", "kind is never Pothole"),
        (("kind == 'pothole'", "kind in ['pothole', 'tree']"), "label.where", "label:", "kind is never tree"),
        (
            ("column: people", "column: person"),
            "audit.attributes.size",
            "size:",
            "Known here: area_id, people",
        ),
    ],
)
def test_what_the_pilot_uses_must_be_promised(
    tmp_path: Path, change: tuple[str, str], about: str, fragment: str, says: str
) -> None:
    found = refuse(tmp_path / "p", *change)
    assert found[about][0] == line(fragment)
    assert says in found[about][1]


def test_words_that_are_allowed_and_columns_without_a_list_pass(tmp_path: Path) -> None:
    folder = pilot_folder(tmp_path / "p")
    text = PILOT.replace("kind == 'pothole'", "kind in ['pothole', 'light'] and area_id != 'nowhere'")
    (folder / "pilot.yaml").write_text(text)
    assert load_contracts(load_pilot(folder, {}))


def test_several_wrong_names_are_said_at_once(tmp_path: Path) -> None:
    folder = pilot_folder(tmp_path / "p")
    text = PILOT.replace("column: people", "column: person").replace("kind == 'pothole'", "sort == 'pothole'")
    (folder / "pilot.yaml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_contracts(load_pilot(folder, {}))
    assert {mistake.about for mistake in caught.value.mistakes} == {"label.where", "audit.attributes.size"}
