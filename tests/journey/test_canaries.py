"""Names of residents in a column of categories come out nowhere: not in a model file, not in anything public.

A canary is planted as an area's keeper: one name that most areas share, and names that one area has alone.
They are looked for as bytes, and in whatever is packed inside (base64, gzip, zip, JSON and HTML escapes).
"""

from __future__ import annotations

import base64
import binascii
import gzip
import io
import json
import re
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest
from mlflow.entities import LoggedModel

from civic_ai.core.environment import library_versions
from civic_ai.data.synthetic_settings import CitySettings
from civic_ai.models.bundle import open_bundle
from civic_ai.models.fit import score_lockbox
from civic_ai.models.rows import read_rows
from civic_ai.panel.feature_categories import code_of
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.panel import PanelManifest
from civic_ai.records.predictions import Bundle, Predictions
from civic_ai.results import PilotRun
from civic_ai.runner import run
from civic_ai.tracking.log import describe_dossier
from civic_ai.tracking.model_copy import save_copy
from tests.journey import faults
from tests.journey.tiny import quick

COMMON = "Canário Comum de Souza"
RARE = tuple(f"Canary-{i:02}-Oyelaran" for i in range(9))
CANARIES = (COMMON, *RARE)
CANDIDATES = ("logistic_glm", "lightgbm")
_PACKED = re.compile(rb"[A-Za-z0-9+/_-]{24,}={0,2}")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> PilotRun:
    """A run of the tiny city whose areas have keepers, and models that look at them."""
    base = tmp_path_factory.mktemp("canaries")
    made = faults.draft(CitySettings(size="tiny", seed=3))
    areas = made.tables["areas"]
    areas["keeper"] = [COMMON] * (len(areas) - len(RARE)) + list(RARE)
    made.contracts["areas"]["columns"]["keeper"] = {
        "type": "text", "personal": "none", "why": "Who looks after the streets of the area",
    }  # fmt: skip
    made.spec["features"].append({"from": "areas", "categories": ["keeper"]})
    made.spec["models"]["candidates"] = list(CANDIDATES)
    made.spec["models"].pop("mitigations", None)
    made.spec["as_of"]["every_days"] = 28
    made.spec["validation"]["splits"] = 2
    made.spec["review"]["languages"] = ["en"]
    return run(faults.write(made, base / "pilot"), quick(base / "workspace"))


def unpacked(content: bytes, depth: int = 3) -> Iterator[bytes]:
    """The bytes, and those of everything that is packed inside."""
    yield content
    text = content.decode("utf-8", "ignore")
    yield unescape(text).encode()
    yield unquote(text).encode()
    yield re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text).encode("utf-8", "ignore")
    if depth:
        for inner in _inside(content):
            yield from unpacked(inner, depth - 1)


def _inside(content: bytes) -> Iterator[bytes]:
    if content[:2] == b"\x1f\x8b":
        yield gzip.decompress(content)
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            yield from (packed.read(name) for name in packed.namelist())
    for found in _PACKED.finditer(content):
        try:
            yield base64.b64decode(found[0], altchars=b"-_" if b"_" in found[0] else None, validate=True)
        except (binascii.Error, ValueError):
            continue


def canaries_in(content: bytes) -> set[str]:
    """The names that are found in a file."""
    parts = list(unpacked(content))
    return {name for name in CANARIES if any(name.encode() in part for part in parts)}


def canaries_below(folder: Path) -> dict[str, set[str]]:
    """The names that are found in each file of a folder."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    assert files
    found = {str(path.relative_to(folder)): canaries_in(path.read_bytes()) for path in files}
    return {path: names for path, names in found.items() if names}


def _records(published: PilotRun) -> tuple[PanelManifest, Predictions]:
    full = published.dossier / "full/records"
    return (
        PanelManifest.model_validate_json((full / "panel.json").read_bytes()),
        Predictions.model_validate_json((full / "predictions.json").read_bytes()),
    )


@pytest.mark.parametrize("packed", [
    lambda text: text,
    gzip.compress,
    lambda text: b'<img src="data:image/svg+xml;base64,' + base64.b64encode(b"<svg>" + text) + b'">',
    lambda text: b"<i>" + base64.urlsafe_b64encode(gzip.compress(text)) + b"</i>",
    lambda text: json.dumps({"of": text.decode()}).encode(),
], ids=["plain", "gzip", "picture", "gzip in base64", "JSON escapes"])  # fmt: skip
def test_the_search_finds_a_canary_however_it_is_packed(packed) -> None:
    assert canaries_in(packed(f"names: {COMMON}; {RARE[3]}".encode())) == {COMMON, RARE[3]}
    assert canaries_in(packed(b"names: nobody's")) == set()


def test_the_models_look_at_the_common_keeper_and_at_no_rare_one(published: PilotRun) -> None:
    panel, _ = _records(published)
    [told] = panel.categories
    assert (told.value, told.feature) == (COMMON, f"keeper={code_of('keeper', COMMON)}")
    assert [each.name for each in panel.features if each.name.startswith("keeper")] == [told.feature]


def test_no_canary_is_in_anything_public(published: PilotRun) -> None:
    found = canaries_below(published.dossier / "public")
    board = canaries_below(published.dossier / "full") | canaries_below(published.dossier / "board")
    print(f"canaries in {len(list((published.dossier / 'public').rglob('*')))} public files: "
          f"{len(found)}; files of the board that tell one: {sorted(board)}")  # fmt: skip
    assert found == {}
    assert board["records/panel.json"] == {COMMON}, "the table of codes is the board's"
    assert "data_card.en.html" in board


def test_no_canary_is_in_any_model_file_or_its_copy_for_mlflow(published: PilotRun, tmp_path: Path) -> None:
    panel, predictions = _records(published)
    blobs = published.workspace.blobs
    spec = PilotSpec.model_validate_json((published.dossier / "spec.json").read_bytes())
    sealed = score_lockbox(spec, predictions, CANDIDATES, blobs).bundles
    assert set(sealed) == set(CANDIDATES)
    frame = read_rows(panel, blobs).frame.tail(40)
    for name, digest in sealed.items():
        bundle, scorer = blobs.record(Bundle, digest), open_bundle(digest, blobs)
        contents = {each: blobs.get(part) for each, part in bundle.files.items()}
        assert [each for each, content in contents.items() if canaries_in(content)] == []
        assert canaries_in(bundle.to_json()) == set()
        assert any(feature.startswith("keeper=") for feature in scorer.features), name
        assert np.isfinite(scorer.score(frame)).all(), "a new frame is scored by the codes"
        place = LoggedModel("0", f"m-{name}", name, "file:///nowhere", 0, 0)
        save_copy(scorer, library_versions(), place, tmp_path / name)
        assert canaries_below(tmp_path / name) == {}
    assert canaries_below(published.dossier / "bundle") == {}


def test_no_canary_is_in_the_explanation_or_in_what_mlflow_is_sent(published: PilotRun) -> None:
    full, public = (published.dossier / f"{side}/records/explanation.json" for side in ("full", "public"))
    assert canaries_in(full.read_bytes()) == canaries_in(public.read_bytes()) == set()
    assert b"keeper=" in public.read_bytes(), "the explanation names the indicator by its code"
    log = describe_dossier(published.dossier_record.digest, published.dossier, published.workspace.blobs)
    assert canaries_in(repr(log).encode()) == set()
    sent = {path: canaries_in((published.dossier / path).read_bytes()) for path in log.files}
    assert sent
    assert {path: names for path, names in sent.items() if names} == {}
