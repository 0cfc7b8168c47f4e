"""mlcroissant loads the description of the data without error, offline, and keeps the responsible-AI part."""

from __future__ import annotations

import json
from pathlib import Path

import mlcroissant
import pytest

from civic_ai.cards.exports.croissant import RAI, export_croissant
from tests.unit.cards.made_city import City
from tests.unit.cards.made_published import TOKENS, publish_made


@pytest.mark.parametrize("texts", [{}, TOKENS], ids=["empty", "full"])
def test_mlcroissant_loads_it_with_no_error(tmp_path: Path, texts: dict[str, str]) -> None:
    published = publish_made(texts)
    file = tmp_path / "croissant.json"
    file.write_bytes(export_croissant(published)["croissant.json"])
    metadata = mlcroissant.Dataset(jsonld=file).metadata
    assert metadata.ctx.issues.errors == set()
    assert metadata.name == "made-potholes"
    snapshot = published.sealed.records.snapshot
    assert [part.sha256 for part in metadata.distribution] == [s.raw_digest for s in snapshot.sources]
    columns = {field.name for rows in metadata.record_sets for field in rows.fields}
    assert columns == {f"{s.name}/{column}" for s in snapshot.sources for column in s.columns}


def test_every_responsible_ai_field_is_read_back(tmp_path: Path) -> None:
    file = tmp_path / "croissant.json"
    file.write_bytes(export_croissant(publish_made(TOKENS))["croissant.json"])
    back = json.dumps(mlcroissant.Dataset(jsonld=file).metadata.to_json())
    for name, fields in RAI.items():
        assert name in back, name
        assert all(TOKENS[field] in back for field in fields if field in TOKENS), name


def test_a_digest_that_is_none_would_be_an_error(tmp_path: Path) -> None:
    made = json.loads(export_croissant(publish_made(TOKENS))["croissant.json"])
    del made["distribution"][0]["sha256"]
    file = tmp_path / "croissant.json"
    file.write_text(json.dumps(made))
    with pytest.raises(mlcroissant.ValidationError):
        mlcroissant.Dataset(jsonld=file)


def test_no_row_and_no_count_of_people_that_is_hidden_stands_in_it() -> None:
    text = export_croissant(publish_made(TOKENS, City(groups="small")))["croissant.json"].decode()
    assert "examples" not in json.loads(text)
    assert '"data":' not in text.partition('"name"')[2]
