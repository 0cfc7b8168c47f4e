"""Where a figure of a card comes from: its fact, the sealed file that holds it, and what that was made of.

A figure on a card names its fact. The fact stands in a record, the record in a file of the dossier, and each
record names by digest the one that it was made from, down to the files that the city handed over.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from civic_ai.cards.sealed import Sealed, read_sealed
from civic_ai.cards.verification import MANIFEST
from civic_ai.core.messages import Message, say
from civic_ai.records.dossier import Audience
from civic_ai.records.record import Scalar
from civic_ai.web.sealed_files import SealedFiles

KEPT = 16
"""As many read dossiers are held in memory."""
HELD: Mapping[str, str] = {
    "spec": "spec.json", "policy": "policy.json", "evidence": "evidence.json", "gates": "gates.json",
    "model": "bundle/model.json", "bundle": "bundle/model.json", "dossier": MANIFEST,
    "snapshot": "full/records/snapshot.json", "panel": "full/records/panel.json",
}  # fmt: skip
MASKED = frozenset({"predictions", "evaluation", "audit", "explanation"})
"""Records of which the public has a version of its own."""
COMPUTED: Mapping[str, str] = {
    "deciding": "audit", "deciding_report": "audit", "reporting_map": "audit", "sources": "snapshot",
    "calibration": "evaluation", "map": "evaluation", "error_map": "evaluation", "fan": "evaluation",
}  # fmt: skip
"""What a card computes from one record: counts, or one of several."""
BEFORE = ("evaluation", "predictions", "panel", "snapshot")
"""The fields by which a record names the one that it was made from."""
TOLD: Mapping[str, Message] = {
    "spec": say("What the city promised"),
    "policy": say("The board's policy"),
    "evidence": say("Everything that the verdicts rest on"),
    "gates": say("The verdicts"),
    "model": say("The model"),
    "bundle": say("The model"),
    "dossier": say("The dossier's list of files"),
    "snapshot": say("The data handed over"),
    "panel": say("What was known when"),
    "predictions": say("What each would have predicted"),
    "evaluation": say("How good it is"),
    "audit": say("For whom it works"),
    "explanation": say("Why it says so"),
}


@dataclass(frozen=True)
class Held:
    """A file of the dossier. ``may_read``: whether this reader may take it."""

    told: Message
    path: str
    digest: str
    may_read: bool


@dataclass(frozen=True)
class Source:
    """One figure followed to its source. ``held``: None where no file of this dossier holds it.

    ``is_in_file``: the figure itself stands there; else the card computed it from what stands there.
    ``agrees``: whether card and file say the same; None where only the card says it.
    """

    fact: str
    value: Scalar
    words: tuple[tuple[str, str], ...]
    beside: Mapping[str, Scalar]
    held: Held | None
    is_in_file: bool
    agrees: bool | None
    made_from: tuple[Held, ...]
    handed_over: tuple[Mapping[str, Any], ...]


def source_of(files: SealedFiles, audience: Audience, language: str, fact: str) -> Source | None:
    """Where this fact of the dossier's cards comes from; None where no card that this reader sees shows it.

    Raises :class:`RefusedError` where the dossier was altered.
    """
    shown = list(_shown(files, audience, language, fact))
    if not shown:
        return None
    value = shown[0][2]
    facts = read(files.folder, files.digest, audience).facts
    held = _held(files, audience, fact)
    made_from = tuple(_made_from(files, audience, held))
    return Source(
        fact=fact,
        value=value,
        words=tuple((card, words) for card, words, _ in shown),
        beside=_beside(facts, fact),
        held=held,
        is_in_file=fact in facts,
        agrees=facts[fact] == value if fact in facts else None,
        made_from=made_from,
        handed_over=tuple(_handed_over(files, (held, *made_from)) if audience == "board" else ()),
    )


@lru_cache(KEPT)
def read(folder: Path, digest: str, audience: Audience) -> Sealed:
    """The records of a dossier as this reader may see them, read once: one of a digest never changes."""
    return read_sealed(folder, audience)


def _shown(
    files: SealedFiles, audience: Audience, language: str, fact: str
) -> Iterator[tuple[str, str, Scalar]]:
    """Card, words and value of each place where the fact is shown."""
    languages = (one for one in (language, *files.manifest.languages))
    twins = (files.read(f"{audience}/cards.{one}.json") for one in languages)
    twin = next((content for content in twins if content is not None), b'{"cards": {}}')
    for card, told in json.loads(twin)["cards"].items():
        for one in told:
            if one["fact"] == fact:
                yield card, one["words"], one["value"]


def _beside(facts: Mapping[str, Scalar], fact: str) -> dict[str, Scalar]:
    """What else its figure says: interval, level, how many it rests on, period."""
    prefix, _, last = fact.rpartition(".")
    names = ("lower", "upper", "level", "n", "period.first", "period.last") if last == "value" else ()
    found = {name: facts.get(f"{prefix}.{name}") for name in names}
    return {name: value for name, value in found.items() if value is not None}


def _held(files: SealedFiles, audience: Audience, fact: str) -> Held | None:
    record = fact.partition(".")[0]
    record = COMPUTED.get(record, record)
    if record in MASKED:
        folder = "full" if audience == "board" else "public"
        return _file(files, audience, record, f"{folder}/records/{record}.json")
    return _file(files, audience, record, HELD[record]) if record in HELD else None


def _file(files: SealedFiles, audience: Audience, record: str, path: str) -> Held | None:
    named = next((file for file in files.manifest.files if file.path == path), None)
    if path == MANIFEST:
        return Held(TOLD[record], path, files.digest, False)
    if named is None:
        return None
    return Held(TOLD[record], path, named.sha256, may_read(audience, named.audience))


def may_read(reader: Audience, file: Audience) -> bool:
    """Whether a reader may take a file that is for this audience."""
    return reader == "board" or file == "public"


def _made_from(files: SealedFiles, audience: Audience, held: Held | None) -> Iterator[Held]:
    """The records before this one, each named by digest in the one after it."""
    by_digest = {file.sha256: file for file in files.manifest.files}
    while held is not None and held.path.endswith(".json"):
        content = json.loads(files.read(held.path) or b"{}")
        named = ((one, by_digest.get(str(content.get(one)))) for one in BEFORE if one in content)
        record, file = next(((one, file) for one, file in named if file is not None), (None, None))
        if record is None or file is None:
            return
        held = Held(TOLD[record], file.path, file.sha256, may_read(audience, file.audience))
        yield held


def _handed_over(files: SealedFiles, chain: tuple[Held | None, ...]) -> Iterator[Mapping[str, Any]]:
    """Name, publisher, licence and digest of each file that the city handed over."""
    for held in chain:
        if held is not None and held.path == HELD["snapshot"]:
            for source in json.loads(files.read(held.path) or b"{}")["sources"]:
                yield {name: source[name] for name in ("name", "publisher", "licence", "raw_digest")}
