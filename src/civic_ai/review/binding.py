"""To what an approval is bound: read from a sealed dossier, or from the pilot as its city keeps it now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from civic_ai.cards.sealed import SealedBlobs
from civic_ai.cards.verification import MANIFEST, of_another_version, require_intact
from civic_ai.core.canonical import digest_of, digest_of_bytes
from civic_ai.core.errors import RefusedError
from civic_ai.core.messages import say
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.decision import Binding
from civic_ai.records.dossier import Dossier
from civic_ai.records.evidence import Evidence

_HANDED_OVER = {"path", "contract", "polygons", "example"}
"""Where a source stands, and what was promised about it: the first may move, the second is bound itself."""


def binding_of(folder: Path, area: str, use: str, ends_on: date) -> Binding:
    """What an approval of the dossier in ``folder`` holds for.

    Raises :class:`RefusedError` where a file was altered (each is named) or where the pilot makes no list;
    :class:`ConfigError` where no dossier stands or another version of civic-ai made it.
    """
    require_intact(folder)
    try:
        return _read(folder, (area, use, ends_on))
    except ValueError as error:
        raise of_another_version(folder) from error


def _read(folder: Path, scope: tuple[str, str, date]) -> Binding:
    content = (folder / MANIFEST).read_bytes()
    manifest = Dossier.model_validate_json(content)
    blobs = SealedBlobs(folder, manifest)
    evidence = blobs.record(Evidence, manifest.evidence)
    spec = blobs.record(PilotSpec, evidence.spec)
    area, use, ends_on = scope
    return Binding(
        dossier=digest_of_bytes(content),
        bundle=evidence.bundle,
        contracts=evidence.contracts,
        features=digest_of_features(spec),
        capacity=capacity_of(spec),
        area=area,
        use=use,
        ends_on=ends_on,
    )


def as_declared(approved: Binding, spec: PilotSpec, contracts: Mapping[str, str]) -> Binding:
    """The approved binding with the capacity, features and contracts (digests) that a city declares now."""
    found = {
        "contracts": dict(contracts),
        "features": digest_of_features(spec),
        "capacity": capacity_of(spec),
    }
    return Binding.model_validate({**approved.model_dump(), **found})


def capacity_of(spec: PilotSpec) -> int:
    """Units acted on in one period. Raises :class:`RefusedError` for a pilot that makes no list."""
    if spec.capacity.units_per_period is None:
        raise RefusedError.because(
            say("the pilot makes no list, so an approval has no capacity"),
            about=spec.pilot,
            remedy=say("Say how many units a list has: capacity.units_per_period."),
        )
    return spec.capacity.units_per_period


def digest_of_features(spec: PilotSpec) -> str:
    """The digest of all in the spec that makes the columns of a row: the feature list with the units, the
    cohort, the sources' dates, keys and gaps, and the dates by which categories are chosen.

    The same list over other units or another ``known_at`` is another list of features.
    """
    told = spec.model_dump(mode="json", by_alias=True)
    names = ("features", "unit", "cohort", "label", "as_of", "validation", "time_zone")
    sources = {
        name: {field: value for field, value in source.items() if field not in _HANDED_OVER}
        for name, source in told["sources"].items()
    }
    return digest_of({**{name: told[name] for name in names}, "sources": sources})
