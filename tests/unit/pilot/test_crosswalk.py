"""The shipped crosswalk: 98 fields, 26 standards, three languages, none looked at too long ago."""

from __future__ import annotations

import shutil
from itertools import pairwise
from pathlib import Path

import pytest

from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import governance_folder
from civic_ai.pilot.crosswalk import FIELDS_FILE, STANDARDS_FILE, load_crosswalk, shipped_crosswalk
from civic_ai.records.crosswalk import GROUPS

WALK = shipped_crosswalk()


def test_the_fields_are_98_and_each_has_one_who_fills_it() -> None:
    by = [field.filled_by for field in WALK.fields.values()]
    assert (by.count("run"), by.count("city"), by.count("board")) == (35, 53, 10)
    assert len(WALK.standards) == 26


def test_every_map_says_that_it_is_unofficial_and_names_version_and_publisher() -> None:
    for key, standard in WALK.standards.items():
        assert standard.is_unofficial, key
        assert standard.version, key
        assert standard.publisher, key
        assert all(standard.fields.values()), key


def test_every_field_is_asked_for_by_a_standard() -> None:
    asked = {field for standard in WALK.standards.values() for field in standard.fields}
    # H06, N03 and the like stand in one standard only; none stands in none.
    assert set(WALK.fields) - asked == set()


@pytest.mark.parametrize("name", sorted(WALK.fields))
def test_a_field_speaks_three_languages(name: str) -> None:
    field = WALK.fields[name]
    for text in filter(None, (field.name, field.asks)):
        assert text.any is None
        assert text.en
        assert text.es
        assert text.pt
    if field.asks is not None:
        assert len({field.asks.en, field.asks.es, field.asks.pt}) == 3
        for said in (field.asks.en, field.asks.es, field.asks.pt):
            assert all(len(sentence.split()) <= 25 for sentence in str(said).split(". "))


def test_the_fields_stand_in_the_order_of_their_groups() -> None:
    order = [GROUPS.index(field.group) for field in WALK.fields.values()]
    assert all(one <= other for one, other in pairwise(order))


def _changed(tmp_path: Path, file: str, old: str, new: str) -> tuple[Path, Path]:
    copied = shutil.copytree(governance_folder() / "crosswalks", tmp_path / "crosswalks")
    text = (copied / file).read_text("utf-8")
    assert old in text
    (copied / file).write_text(text.replace(old, new, 1), "utf-8")
    return copied / "fields.yaml", copied / "standards.yaml"


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("fields.yaml", "group: identity", "group: kitchen", "there is no group called kitchen"),
        ("fields.yaml", "filled_by: city", "filled_by: board", "belongs to the fields that the city fills"),
        (
            "fields.yaml",
            "filled_by: run",
            "filled_by: board",
            "facts belong to the fields that the run fills",
        ),
        ("fields.yaml", "filled_by: run", "filled_by: robot", "must be 'run', 'city' or 'board'"),
        ("standards.yaml", "      A01:", "      Z99:", "there is no field called Z99"),
        ("standards.yaml", "checked_on: 2026-11-22", "checked_on: lately", "must be a date"),
    ],
)
def test_a_broken_file_is_refused_with_its_line(
    tmp_path: Path, file: str, old: str, new: str, says: str
) -> None:
    with pytest.raises(ConfigError, match=says) as refused:
        load_crosswalk(*_changed(tmp_path, file, old, new))
    place = refused.value.mistakes[0].place
    assert place is not None
    assert place.file.endswith(file)
    assert place.line is not None
    assert place.line > 1


def test_the_shipped_files_are_the_ones_that_are_read() -> None:
    folder = governance_folder()
    assert load_crosswalk(folder / FIELDS_FILE, folder / STANDARDS_FILE) == WALK
