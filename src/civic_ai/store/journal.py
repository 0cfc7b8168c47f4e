"""Which record a stage made of which inputs, so that it need not be made again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from civic_ai.core.canonical import digest_of
from civic_ai.store.blobs import Blobs, write_atomically

_KEPT_ELSEWHERE = ("blob", "bundle", "sha256")
"""How the fields are called that name a blob."""


def stage_key(stage: str, inputs: Mapping[str, Any]) -> str:
    """The name of one piece of work: its stage and the digests of all that it depends on."""
    return digest_of({"stage": stage, "inputs": dict(inputs)})


class Journal:
    """A folder with one small file for each piece of work done: key, digest of its record."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find(self, key: str, blobs: Blobs) -> str | None:
        """The digest of the record made for ``key``, if it and all its blobs still stand."""
        path = self.folder / f"{key}.json"
        try:
            digest = str(json.loads(path.read_bytes())["record"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        if digest not in blobs:
            return None
        named = _named_blobs(json.loads(blobs.get(digest)), _KEPT_ELSEWHERE)
        return digest if all(blob in blobs for blob in named) and _has_models(digest, blobs) else None

    def note(self, key: str, digest: str, seconds: float) -> None:
        """Note what was made for ``key`` and how long it took. Call it after the record is kept."""
        content = json.dumps({"record": digest, "seconds": round(seconds, 3)}).encode()
        write_atomically(self.folder / f"{key}.json", content)

    def expected_seconds(self, stage: str) -> float | None:
        """How long ``stage`` took the last time it was done here."""
        try:
            return float(json.loads((self.folder / f"last-{stage}.json").read_bytes()))
        except (OSError, ValueError):
            return None

    def note_seconds(self, stage: str, seconds: float) -> None:
        """Remember how long ``stage`` took."""
        write_atomically(self.folder / f"last-{stage}.json", json.dumps(round(seconds, 3)).encode())


def _has_models(digest: str, blobs: Blobs) -> bool:
    """Whether every file stands of every bundle that the record names: a bundle is a list of blobs."""
    bundles = _named_blobs(json.loads(blobs.get(digest)), ("bundle",))
    return all(
        part in blobs for bundle in bundles for part in json.loads(blobs.get(bundle))["files"].values()
    )


def _named_blobs(value: Any, endings: tuple[str, ...]) -> list[str]:
    """Every text in a record under a name with one of ``endings``, at any depth."""
    if isinstance(value, list):
        return [digest for item in value for digest in _named_blobs(item, endings)]
    if not isinstance(value, dict):
        return []
    here = [item for key, item in value.items() if key.endswith(endings) and isinstance(item, str)]
    return here + [digest for item in value.values() for digest in _named_blobs(item, endings)]
