from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from civic_ai.core.errors import ConfigError
from civic_ai.pilot.load import load_pilot
from tests.unit.pilot.written import line_of, write_pilot

ENVIRONMENT = {"DATA": "/somewhere"}


def refuse(folder: Path, changes: dict[str, str]) -> str:
    with pytest.raises(ConfigError) as caught:
        load_pilot(write_pilot(folder, changes), ENVIRONMENT)
    return str(caught.value)


def test_a_sound_pilot_is_loaded_from_its_folder_or_its_file(tmp_path: Path) -> None:
    folder = write_pilot(tmp_path)
    pilot = load_pilot(folder, ENVIRONMENT)
    assert pilot.spec == load_pilot(folder / "pilot.yaml", ENVIRONMENT).spec
    assert pilot.spec.pilot == "test-potholes"
    assert pilot.resolve("data/requests.csv") == tmp_path / "data" / "requests.csv"
    assert pilot.resolve("${DATA}/areas.csv") == Path("/somewhere/areas.csv")


def test_the_digest_does_not_depend_on_where_the_data_stands(tmp_path: Path) -> None:
    folder = write_pilot(tmp_path)
    assert load_pilot(folder, {"DATA": "/a"}).spec.digest == load_pilot(folder, {"DATA": "/b"}).spec.digest


def test_mistakes_of_form_and_between_parts_are_said_at_once(tmp_path: Path) -> None:
    message = refuse(
        tmp_path,
        {
            "units_per_period: 50": "units_per_period: -5",
            "kind: event": "kind: evnt",
            "reference_group: q4": "reference_group: q9",
            "time_zone: America/Chicago": "time_zone: America/Atlantis",
            "path: data/requests.csv": "path: ../elsewhere/requests.csv",
        },
    )
    for place, fragment in [
        ("capacity.units_per_period: must be at least 1, not -5", "capacity:"),
        ("label.kind: must be 'event', 'count' or 'duration', not evnt", "label:"),
        ("audit.attributes.income.reference_group: there is no group called q9", "income:"),
        ("time_zone: is not a time zone: America/Atlantis", "time_zone:"),
        ("sources.requests.path: leads outside of the pilot's folder", "requests:"),
    ]:
        assert f"{place}\n  in {tmp_path}/pilot.yaml:{line_of(fragment)}\n" in message


def test_mistakes_stand_in_the_order_of_the_file(tmp_path: Path) -> None:
    message = refuse(
        tmp_path, {"seed: 7": "seed: x", "owner: Public Works": "owner: ''", "splits: 3": "splits: 0"}
    )
    lines = [int(line.rsplit(":", 1)[1]) for line in message.splitlines() if line.startswith("  in ")]
    assert lines == sorted(lines)
    assert len(lines) == 3


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("../outside.csv", "leads outside of the pilot's folder"),
        ("/etc/passwd", "leads outside of the pilot's folder"),
        ("a/../../outside.csv", "leads outside of the pilot's folder"),
        ("${DATA}/../outside.csv", "leads outside of ${DATA}"),
        ("${OTHER}/x.csv", "uses the variable OTHER, which is not declared"),
        ("x${DATA}/x.csv", "a variable must stand at the beginning"),
    ],
)
def test_a_path_that_leaves_its_roots_is_refused(tmp_path: Path, path: str, says: str) -> None:
    assert says in refuse(tmp_path, {"path: data/requests.csv": f'path: "{path}"'})


def test_a_link_that_leads_outside_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pilot" / "data").mkdir(parents=True)
    (tmp_path / "pilot" / "data" / "requests.csv").symlink_to("/etc/passwd")
    assert "leads outside" in refuse(tmp_path / "pilot", {"owner: Public Works": "owner: x"})


def test_a_variable_that_is_not_set_says_how_to_set_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_pilot(write_pilot(tmp_path), {})
    assert "the variable DATA is not set" in str(caught.value)
    assert "Set it: export DATA=/folder" in str(caught.value)


def test_a_missing_pilot_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_pilot(tmp_path / "none", {})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(text=st.text(max_size=60))
def test_no_path_opens_outside_of_its_roots(tmp_path: Path, text: str) -> None:
    pilot = load_pilot(write_pilot(tmp_path), {"DATA": str(tmp_path / "root")})
    try:
        found = pilot.resolve(text)
    except (ConfigError, ValueError):
        return
    assert found.is_relative_to(tmp_path.resolve())


def test_a_star_takes_every_file_whose_name_fits(tmp_path: Path) -> None:
    pilot = load_pilot(write_pilot(tmp_path), {"DATA": str(tmp_path / "outside")})
    for folder in (tmp_path / "data", tmp_path / "outside"):
        folder.mkdir(exist_ok=True)
        for name in ("r_2016.csv", "r_2015.csv", "r_[1].csv", "r_2015.csv.bak", ".r_2015.csv", "s_2015.csv"):
            (folder / name).write_text("")
    names = ["r_2015.csv", "r_2016.csv", "r_[1].csv"]
    assert pilot.files("data/r_*.csv") == {f"data/{name}": tmp_path / "data" / name for name in names}
    outside = pilot.files("${DATA}/*_2015.csv")
    assert outside == {
        f"${{DATA}}/{name}": tmp_path / "outside" / name for name in ("r_2015.csv", "s_2015.csv")
    }
    for alone in ("data/r_[1].csv", "data/none_*.csv", "nowhere/r_*.csv"):
        assert pilot.files(alone) == {alone: tmp_path / alone}


def test_a_star_takes_no_file_from_outside(tmp_path: Path) -> None:
    pilot = load_pilot(write_pilot(tmp_path / "p"), ENVIRONMENT)
    (tmp_path / "secret.csv").write_text("")
    (tmp_path / "p" / "r_1.csv").symlink_to(tmp_path / "secret.csv")
    with pytest.raises(ConfigError, match="leads outside of the pilot's folder"):
        pilot.files("r_*.csv")
