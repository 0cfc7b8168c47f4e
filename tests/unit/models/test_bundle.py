from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from civic_ai.core.errors import RefusedError
from civic_ai.models import bundle as bundle_module
from civic_ai.models.bundle import open_bundle, seal_bundle
from civic_ai.records.predictions import Bundle, FittedModel
from civic_ai.store.blobs import Blobs
from tests.unit.models.conftest import KINDS, Fitted, fit_on
from tests.unit.models.simulated import FAMILIES, make_pilot, simulate

FLIPS = 200


def parts_of(digest: str, blobs: Blobs) -> dict[str, str]:
    """Digest of each file of a bundle, the manifest included."""
    return {"manifest": digest, **blobs.record(Bundle, digest).files}


@pytest.mark.parametrize("name", KINDS)
def test_an_opened_bundle_scores_the_same_bit_for_bit(
    name: str, fitted: Mapping[str, Fitted], blobs: Blobs
) -> None:
    fit = fitted[name]
    opened = open_bundle(seal_bundle(fit.last, blobs), blobs)
    frame = fit.rows.frame.copy()
    frame.loc[::7, "rain_7d"] = np.nan
    assert opened.model == fit.last.model
    for answer in ("score", "raw_scores", "contributions"):
        assert getattr(opened, answer)(frame).tobytes() == getattr(fit.last, answer)(frame).tobytes()


@pytest.mark.parametrize("name", KINDS)
def test_a_bundle_sealed_again_is_the_same_bundle(
    name: str, fitted: Mapping[str, Fitted], blobs: Blobs
) -> None:
    digest = seal_bundle(fitted[name].last, blobs)
    assert seal_bundle(open_bundle(digest, blobs), blobs) == digest


WORLDS = {
    "only counts": ["requests_28d", "neighbours_28d"],
    "no counts": ["rain_7d", "road_age"],
    "one feature": ["requests_364d"],
}


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("world", WORLDS)
def test_every_mixture_of_features_and_gaps_can_be_sealed(name: str, world: str, blobs: Blobs) -> None:
    kind, kept = KINDS[name], WORLDS[world]
    frame = simulate(kind=kind, units=20, dates=60)
    frame = frame.drop(columns=[feature for feature in FAMILIES if feature not in kept])
    frame.loc[::5, kept[-1]] = np.nan
    fit = fit_on(make_pilot(blobs, frame, kind=kind), name)
    opened = open_bundle(seal_bundle(fit.last, blobs), blobs)
    assert opened.features == tuple(kept)
    assert opened.score(frame).tobytes() == fit.last.score(frame).tobytes()


@pytest.mark.parametrize("name", KINDS)
def test_the_same_data_and_seed_seal_the_same_bundle(name: str, blobs: Blobs) -> None:
    kind = KINDS[name]
    frame = simulate(kind=kind, units=20, dates=60)
    shuffled = frame.sample(frac=1.0, random_state=1)
    first, second = (fit_on(make_pilot(blobs, each, kind=kind), name) for each in (frame, shuffled))
    assert seal_bundle(first.last, blobs) == seal_bundle(second.last, blobs)


@pytest.mark.parametrize("name", KINDS)
def test_a_bundle_is_a_manifest_a_description_and_one_model(
    name: str, fitted: Mapping[str, Fitted], blobs: Blobs
) -> None:
    digest = seal_bundle(fitted[name].last, blobs)
    manifest = json.loads(blobs.get(digest))
    assert manifest["format"] == "bundle/1"
    kind = "booster.txt" if name.startswith("lightgbm") else "pipeline.skops"
    assert set(manifest["files"]) == {"model.json", kind}
    described = json.loads(blobs.get(manifest["files"]["model.json"]))
    assert described["candidate"] == name
    assert described["dtype"] == "float64"
    assert described["features"] == list(fitted[name].rows.names)


@pytest.mark.parametrize("name", KINDS)
def test_no_flipped_byte_is_ever_parsed(
    name: str, fitted: Mapping[str, Fitted], blobs: Blobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = seal_bundle(fitted[name].last, blobs)
    parts = parts_of(digest, blobs)
    honest = {blobs.get(part) for part in parts.values()}
    parsed: list[bytes] = []
    spy_on_parsing(monkeypatch, parsed)
    open_bundle(digest, blobs)
    assert set(parsed) == honest, "the spy sees every file that is parsed"
    parsed.clear()
    rng = np.random.default_rng(11)
    refused = sum(flip_and_open(digest, blobs, rng) for _ in range(FLIPS))
    assert refused == FLIPS
    assert set(parsed) <= honest


def spy_on_parsing(monkeypatch: pytest.MonkeyPatch, parsed: list[bytes]) -> None:
    """Note every byte string that reaches a parser of the bundle's files."""
    parse = bundle_module._parse
    monkeypatch.setattr(
        bundle_module, "_parse", lambda kind, content: parsed.append(content) or parse(kind, content)
    )
    for kind in bundle_module.KINDS:
        read = kind.from_bytes
        monkeypatch.setattr(
            kind,
            "from_bytes",
            lambda model, content, read=read: parsed.append(content) or read(model, content),
        )


def flip_and_open(digest: str, blobs: Blobs, rng: np.random.Generator) -> bool:
    """Was a bundle refused after one random byte of one of its files was changed?"""
    parts = sorted(parts_of(digest, blobs).values())
    path = blobs.path(parts[rng.integers(len(parts))])
    honest = path.read_bytes()
    altered = bytearray(honest)
    altered[rng.integers(len(altered))] ^= int(rng.integers(1, 256))
    path.write_bytes(bytes(altered))
    try:
        open_bundle(digest, blobs)
    except RefusedError:
        return True
    finally:
        path.write_bytes(honest)
    return False


@pytest.mark.parametrize("name", ["lightgbm", "poisson_glm"])
def test_a_truncated_model_is_refused_and_does_not_crash(
    name: str, fitted: Mapping[str, Fitted], blobs: Blobs
) -> None:
    digest = seal_bundle(fitted[name].last, blobs)
    for part in parts_of(digest, blobs).values():
        path = blobs.path(part)
        honest = path.read_bytes()
        path.write_bytes(honest[: len(honest) // 2])
        with pytest.raises(RefusedError, match="altered"):
            open_bundle(digest, blobs)
        path.write_bytes(honest)


def test_a_missing_file_is_refused_with_its_digest(fitted: Mapping[str, Fitted], blobs: Blobs) -> None:
    digest = seal_bundle(fitted["lightgbm"].last, blobs)
    lost = blobs.record(Bundle, digest).files["booster.txt"]
    blobs.path(lost).unlink()
    with pytest.raises(RefusedError, match=f"{lost[:12]}: a file of the bundle is missing"):
        open_bundle(digest, blobs)
    with pytest.raises(RefusedError, match="missing"):
        open_bundle("0" * 64, blobs)


MANIFESTS = {
    "another format": {"format": "bundle/2"},
    "a key of its own": {"loader": "evil.py"},
    "no files": {"files": {}},
    "a path for a digest": {"files": {"model.json": "../../etc/passwd"}},
    "a pickle": {"files": {"model.json": None, "model.pkl": None}},
    "two models": {"files": {"model.json": None, "booster.txt": None, "pipeline.skops": None}},
    "no description": {"files": {"booster.txt": None}},
}


@pytest.mark.parametrize("what", MANIFESTS)
def test_a_manifest_of_another_make_is_refused(what: str, fitted: Mapping[str, Fitted], blobs: Blobs) -> None:
    """Digests are right in all of these: whoever forged them rewrote the manifest too."""
    honest = json.loads(blobs.get(seal_bundle(fitted["lightgbm"].last, blobs)))
    some = honest["files"]["booster.txt"]
    made = {**honest, **json.loads(json.dumps(MANIFESTS[what]).replace("null", f'"{some}"'))}
    with pytest.raises(RefusedError):
        open_bundle(blobs.put(json.dumps(made).encode()), blobs)


def test_a_description_of_another_make_is_refused(fitted: Mapping[str, Fitted], blobs: Blobs) -> None:
    digest = seal_bundle(fitted["lightgbm"].last, blobs)
    files = blobs.record(Bundle, digest).files
    described = {**json.loads(blobs.get(files["model.json"])), "loader_module": "evil"}
    forged = Bundle(files={**files, "model.json": blobs.put(json.dumps(described).encode())})
    with pytest.raises(RefusedError, match="not a FittedModel of bundle/1"):
        open_bundle(blobs.put_record(forged), blobs)


def test_nothing_of_a_row_is_in_any_file(blobs: Blobs) -> None:
    """40 canaries: names of units, as a city would write addresses."""
    canaries = [f"{number} Canary Street" for number in range(40)]
    for name, kind in KINDS.items():
        frame = simulate(kind=kind, units=40, dates=60)
        frame["unit"] = frame["unit"].map(dict(zip(sorted(set(frame["unit"])), canaries, strict=True)))
        digest = seal_bundle(fit_on(make_pilot(blobs, frame, kind=kind), name).last, blobs)
        content = b"".join(blobs.get(part) for part in parts_of(digest, blobs).values())
        assert b"Canary" not in content
        assert b"requests_28d" in content, "names of features are meant to be there"


def test_fitting_sealing_opening_and_scoring_never_unpickle(tmp_path: Path) -> None:
    """An audit hook cannot be taken off again, so this runs in a process of its own."""
    script = """
        import pickle, sys
        from pathlib import Path
        import skops.io  # what it imports unpickles numbers of its own
        from civic_ai.models.bundle import open_bundle
        from civic_ai.models.fit import fit_candidates, score_lockbox
        from civic_ai.records.policy import Policy
        from civic_ai.store.blobs import Blobs
        from tests.unit.models.simulated import make_pilot, simulate

        seen = []
        sys.addaudithook(lambda event, given: seen.append(given) if event == "pickle.find_class" else None)
        pickle.loads(pickle.dumps(Path))
        assert len(seen) == 1, "the hook is armed"
        for kind in ("count", "event"):
            frame = simulate(kind=kind, units=15, dates=60)
            pilot = make_pilot(Blobs(Path(sys.argv[1])), frame, kind=kind)
            policy = Policy(policy="test", version="1", gates=())
            predictions = fit_candidates(pilot.spec, pilot.panel, policy, pilot.blobs)
            pilot.blobs.put_record(predictions)
            lockbox = score_lockbox(pilot.spec, predictions, pilot.spec.models.candidates, pilot.blobs)
            for digest in lockbox.bundles.values():
                open_bundle(digest, pilot.blobs).contributions(frame)
        print(len(lockbox.bundles), len(seen) - 1)
    """
    run = [sys.executable, "-c", textwrap.dedent(script), str(tmp_path)]
    root = Path(__file__).parents[3]
    done = subprocess.run(run, capture_output=True, check=True, text=True, cwd=root)
    assert done.stdout.split() == ["2", "0"]


def test_the_description_survives_its_own_json(fitted: Mapping[str, Fitted]) -> None:
    for fit in fitted.values():
        assert FittedModel.model_validate_json(fit.last.model.to_json()) == fit.last.model
