"""Compare two sealed dossiers of one pilot: digest by digest, then figure by figure.

The same inputs give the same bytes on one machine and environment. On another processor sums differ in their
last bits, and a tree may split elsewhere; so figures are held against each other within a stated tolerance,
and everything else must be the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from civic_ai.cards.verification import EVIDENCE, MANIFEST, read_manifest, require_intact
from civic_ai.core.canonical import digest_of_bytes
from civic_ai.records.evidence import Evidence
from civic_ai.records.record import Scalar
from civic_ai.records.reproduction import Deviation, Kind, Part, Reproduction
from civic_ai.records.snapshot import DataSnapshot

STAGES = ("snapshot", "panel", "predictions", "evaluation", "audit", "explanation")
_KINDS: Mapping[Kind, tuple[str, ...]] = {
    "promised": ("spec", "policy"),
    "made": ("snapshot", "panel", "predictions", "evaluation", "audit", "explanation", "bundle"),
}
NOUGHT = 1e-9
"""What is left of a sum that should be nought (``explanation.additivity_error``: 1e-15) has no digit that
another processor repeats; smaller figures are held against this one. No share, count or score is so small."""
_DIGEST = re.compile(r"[0-9a-f]{64}")
Leaves = dict[str, Scalar]


def compare_runs(sealed: Path, again: Path, tolerance: float) -> Reproduction:
    """What the dossier in the folder ``again`` says beside the one in ``sealed``.

    ``tolerance``: how far a figure may be off, as a share of the larger one. Raises
    :class:`RefusedError` where a dossier was altered, :class:`ConfigError` where none stands.
    """
    for folder in (sealed, again):
        require_intact(folder)
    evidence = [Evidence.model_validate_json((folder / EVIDENCE).read_bytes()) for folder in (sealed, again)]
    leaves = [_leaves_of(folder) for folder in (sealed, again)]
    found = [each for each in _held_against(*leaves) if each.off is None or each.off > 0]
    beyond = [each for each in found if each.off is None or each.off > tolerance]
    tolerated = [each.off for each in found if each.off is not None and each.off <= tolerance]
    digests = [digest_of_bytes((folder / MANIFEST).read_bytes()) for folder in (sealed, again)]
    return Reproduction(
        pilot=read_manifest(sealed).pilot,
        dossier=digests[0],
        again=digests[1],
        tolerance=tolerance,
        parts=(*_parts(*evidence), *_sources(sealed, again)),
        compared=len(leaves[0].keys() | leaves[1].keys()),
        largest_off=max(tolerated, default=0.0),
        deviations=tuple(beyond),
    )


def _parts(sealed: Evidence, again: Evidence) -> Iterator[Part]:
    for kind, names in _KINDS.items():
        for name in names:
            yield Part(name=name, kind=kind, sealed=getattr(sealed, name), found=getattr(again, name))
    for name in sorted(sealed.contracts.keys() | again.contracts.keys()):
        found = (sealed.contracts.get(name), again.contracts.get(name))
        yield Part(name=f"contracts.{name}", kind="promised", sealed=found[0], found=found[1])
    yield Part(name="code", kind="means", sealed=sealed.code.source_digest, found=again.code.source_digest)
    yield Part(
        name="environment", kind="means", sealed=sealed.environment.digest, found=again.environment.digest
    )


def _sources(sealed: Path, again: Path) -> Iterator[Part]:
    """What the city handed over, file by file as it was read."""
    found = []
    for folder in (sealed, again):
        snapshot = DataSnapshot.model_validate_json((folder / "full/records/snapshot.json").read_bytes())
        found.append({source.name: source.raw_digest for source in snapshot.sources})
    for name in sorted(found[0].keys() | found[1].keys()):
        yield Part(name=f"sources.{name}", kind="given", sealed=found[0].get(name), found=found[1].get(name))


def _leaves_of(folder: Path) -> Leaves:
    """Every figure and word of the board's records; digests, which are compared by themselves, left out."""
    found: Leaves = {}
    for stage in STAGES:
        content = json.loads((folder / "full" / "records" / f"{stage}.json").read_bytes())
        found.update(_leaves(content, stage))
    return found


def _leaves(value: Any, name: str) -> Iterator[tuple[str, Scalar]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, f"{name}.{key}")
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from _leaves(item, f"{name}.{position}")
    elif not (isinstance(value, str) and _DIGEST.fullmatch(value)):
        yield name, value


def _held_against(sealed: Leaves, again: Leaves) -> Iterator[Deviation]:
    """Whatever is not the same to the last bit."""
    for fact in sorted(sealed.keys() | again.keys()):
        one, other = sealed.get(fact), again.get(fact)
        if one != other or (fact in sealed) != (fact in again):
            yield Deviation(fact=fact, sealed=one, found=other, off=_off(one, other))


def _off(one: Scalar, other: Scalar) -> float | None:
    """Difference of two figures over the larger one, or over what counts as nought; None where one is no
    figure."""
    figures = [
        value for value in (one, other) if isinstance(value, int | float) and not isinstance(value, bool)
    ]
    if len(figures) < 2:
        return None
    return abs(figures[0] - figures[1]) / max(abs(figures[0]), abs(figures[1]), NOUGHT)
