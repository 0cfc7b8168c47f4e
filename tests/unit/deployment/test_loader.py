"""Opening for use: every byte by digest before anything is parsed, never a pickle."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from civic_ai.core.canonical import canonical_json
from civic_ai.core.errors import CivicError, ConfigError, RefusedError
from civic_ai.deployment import loader
from civic_ai.deployment.loader import BundleFiles, open_approved
from civic_ai.models.boosting import BoosterScorer

from .conftest import Sealed
from .damage import damaged

DAMAGES = 400


def bundle_of(sealed: Sealed, to: Path) -> Path:
    to.mkdir()
    for file in (sealed.dossier / "bundle").iterdir():
        (to / file.name).write_bytes(file.read_bytes())
    return to


def test_the_approved_model_opens(sealed: Sealed) -> None:
    scorer = open_approved(sealed.dossier / "bundle", sealed.binding)
    assert scorer.candidate == "lightgbm"


def test_no_damaged_file_is_accepted_or_even_parsed(
    sealed: Sealed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here in this very process: what LightGBM would die of never reaches it."""
    parsed: list[str] = []
    monkeypatch.setattr(BoosterScorer, "from_bytes", parsed.append)
    folder = bundle_of(sealed, tmp_path / "bundle")
    for name in ("booster.txt", "model.json", "bundle.json"):
        content = (folder / name).read_bytes()
        for made in damaged(content, DAMAGES // 4 if name != "booster.txt" else DAMAGES // 2, seed=7):
            (folder / name).write_bytes(made)
            with pytest.raises(RefusedError):
                open_approved(folder, sealed.binding)
        (folder / name).write_bytes(content)
    assert parsed == []


@pytest.mark.parametrize("name", ["booster.txt", "model.json"])
def test_a_missing_file(sealed: Sealed, tmp_path: Path, name: str) -> None:
    folder = bundle_of(sealed, tmp_path / "bundle")
    (folder / name).unlink()
    with pytest.raises(RefusedError, match="missing"):
        open_approved(folder, sealed.binding)


def test_no_bundle_at_all(sealed: Sealed, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="holds no model"):
        open_approved(tmp_path, sealed.binding)


def test_another_sound_model_is_named_with_both_digests(sealed: Sealed, tmp_path: Path) -> None:
    folder = bundle_of(sealed, tmp_path / "bundle")
    files = {"model.json": "1" * 64, "booster.txt": "2" * 64}
    (folder / "bundle.json").write_bytes(canonical_json({"format": "bundle/1", "files": files}))
    found = BundleFiles(folder).digest
    with pytest.raises(RefusedError, match=f"approved was {sealed.binding.bundle}, found is {found}"):
        open_approved(folder, sealed.binding)


def test_links_paths_and_giants_are_not_read(
    sealed: Sealed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = bundle_of(sealed, tmp_path / "bundle")
    content = (folder / "booster.txt").read_bytes()
    (tmp_path / "elsewhere").write_bytes(content)
    (folder / "booster.txt").unlink()
    (folder / "booster.txt").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RefusedError, match=r"the file booster\.txt is not a file of bundle/1") as refused:
        open_approved(folder, sealed.binding)
    assert str(folder) in refused.value.text()
    assert "do not load this file" in refused.value.text()
    (folder / "booster.txt").unlink()
    (folder / "booster.txt").write_bytes(content)
    monkeypatch.setattr(loader, "MOST_BYTES", len(content) - 1)
    with pytest.raises(RefusedError, match="is not a file of bundle/1"):
        open_approved(folder, sealed.binding)
    monkeypatch.setattr(loader, "MOST_BYTES", len(content))
    assert open_approved(folder, sealed.binding)
    secret = tmp_path / "secret"
    secret.write_bytes(b"x")
    outside = canonical_json({"format": "bundle/1", "files": {"../secret": "3" * 64}})
    (folder / "bundle.json").write_bytes(outside)
    assert BundleFiles(folder).path("3" * 64).parent == folder


def test_a_link_in_place_of_the_bundles_list(sealed: Sealed, tmp_path: Path) -> None:
    folder = bundle_of(sealed, tmp_path / "bundle")
    (folder / "bundle.json").rename(tmp_path / "list")
    (folder / "bundle.json").symlink_to(tmp_path / "list")
    with pytest.raises(CivicError):
        open_approved(folder, sealed.binding)


WATCHED = """
import sys
from pathlib import Path
seen = []
sys.addaudithook(lambda event, _: seen.append(event) if event.startswith("pickle") else None)
import pickle
class Probe: pass
pickle.loads(pickle.dumps(Probe())); armed = len(seen); seen.clear()
import numpy as np, pandas as pd
from civic_ai.deployment.loader import BundleFiles, open_approved
from civic_ai.models.boosting import BoosterScorer
from civic_ai.models.bundle import open_bundle
files = BundleFiles(Path(sys.argv[1]))
seen.clear()
scorer = open_bundle(files.digest, files)
frame = pd.DataFrame({name: np.zeros(3) for name in scorer.features})
scorer.score(frame)
print(armed, len(seen), "mlflow" in sys.modules)
"""


def test_nothing_is_unpickled_and_mlflow_is_not_loaded(sealed: Sealed) -> None:
    """The hook is shown to see a pickle first; then it sees none."""
    command = [sys.executable, "-c", WATCHED, str(sealed.dossier / "bundle")]
    ended = subprocess.run(command, capture_output=True, text=True, check=True, env=dict(os.environ))
    armed, seen, mlflow = ended.stdout.split()
    assert int(armed) > 0
    assert (int(seen), mlflow) == (0, "False")


def test_it_says_what_the_sealed_one_said(sealed: Sealed) -> None:
    scorer = open_approved(sealed.dossier / "bundle", sealed.binding)
    import pandas as pd

    frame = pd.DataFrame(
        np.random.default_rng(1).normal(size=(50, len(scorer.features))), columns=scorer.features
    )
    from civic_ai.models.bundle import open_bundle

    other = open_bundle(sealed.binding.bundle, sealed.blobs)
    assert (scorer.score(frame) == other.score(frame)).all()
