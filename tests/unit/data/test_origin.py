from __future__ import annotations

from pathlib import Path

import pytest

from civic_ai.core.errors import ConfigError
from civic_ai.data.origin import find_origin
from civic_ai.pilot.load import load_pilot
from civic_ai.store.blobs import Blobs
from tests.unit.data.cities import PILOT, pilot_folder, tiny_pilot

EXAMPLE = PILOT.replace("path: requests.csv", "example: {table: requests, size: tiny, seed: 3}").replace(
    "path: areas.csv, polygons: areas.geojson", "example: {table: areas, size: tiny, seed: 3}"
)


def test_the_files_of_a_city(tmp_path: Path) -> None:
    pilot = tiny_pilot(tmp_path / "p")
    origin = find_origin(pilot, "areas", Blobs(tmp_path / "blobs"))
    assert origin.files[0].path == (tmp_path / "p" / "areas.csv").resolve()
    assert origin.polygons is not None
    assert origin.polygons.shown == "areas.geojson"
    assert find_origin(pilot, "requests", Blobs(tmp_path / "blobs")).polygons is None


def test_the_example_city_is_made_once_beside_the_blobs(tmp_path: Path) -> None:
    folder = pilot_folder(tmp_path / "p")
    (folder / "pilot.yaml").write_text(EXAMPLE)
    pilot, blobs = load_pilot(folder, {}), Blobs(tmp_path / "workspace" / "blobs")
    first = find_origin(pilot, "areas", blobs)
    assert first.files[0].path.is_relative_to(tmp_path / "workspace" / "example")
    assert first.files[0].shown == "example/areas.csv"
    assert first.polygons is not None
    assert first.polygons.path.is_file()
    stamp = first.files[0].path.stat().st_mtime_ns
    assert find_origin(pilot, "areas", blobs).files[0].path.stat().st_mtime_ns == stamp


@pytest.mark.parametrize("as_link", [False, True])
def test_no_pilot_may_read_the_truth(as_link: bool, tmp_path: Path) -> None:
    folder = pilot_folder(tmp_path / "p")
    (folder / "truth_areas.csv").write_text("area_id,people\n1,2\n")
    name = "truth_areas.csv"
    if as_link:
        (folder / "areas.csv").unlink()
        (folder / "areas.csv").symlink_to(folder / name)
        name = "areas.csv"
    (folder / "pilot.yaml").write_text(PILOT.replace("path: areas.csv", f"path: {name}"))
    with pytest.raises(ConfigError, match="no pilot may read it"):
        find_origin(load_pilot(folder, {}), "areas", Blobs(tmp_path / "blobs"))
