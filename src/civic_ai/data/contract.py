"""Read the contracts of a pilot: what its city promised about each source."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from civic_ai.core.errors import ConfigError, Mistake
from civic_ai.data.afterwards import known_too_late
from civic_ai.data.contract_rules import Broken, broken_promises, broken_with_source
from civic_ai.data.uses import broken_uses
from civic_ai.pilot.describe import CONTRACT
from civic_ai.pilot.load import Pilot
from civic_ai.pilot.located import by_line, mistake_at, read_parts
from civic_ai.records.contract import Contract
from civic_ai.store.yaml import Document, load_yaml


def load_contracts(pilot: Pilot) -> dict[str, Contract]:
    """The contract of each source, by the source's name.

    Raises :class:`ConfigError` with every mistake of every contract, of the rules inside each and
    of the rules between a contract and the pilot that uses it.
    """
    contracts: dict[str, Contract] = {}
    mistakes: list[Mistake] = []
    for name, source in pilot.spec.sources.items():
        path = pilot.resolve(source.contract)
        try:
            document, contract = _read(path, pilot.shown(path))
        except ConfigError as error:
            mistakes.extend(error.mistakes)
            continue
        mistakes.extend(_located(document, broken_with_source(contract, pilot.spec, name)))
        mistakes.extend(_located(pilot.document, broken_uses(pilot.spec, name, contract)))
        if name == pilot.spec.unit.source:
            mistakes.extend(_located(pilot.document, known_too_late(pilot.spec, contract)))
        contracts[name] = contract
    if mistakes:
        raise ConfigError({mistake.text(): mistake for mistake in mistakes}.values())
    return contracts


def load_contract(path: Path, shown_as: str) -> Contract:
    """One contract file. Raises :class:`ConfigError` with all its mistakes; they point to ``shown_as``."""
    return _read(path, shown_as)[1]


def _read(path: Path, shown_as: str) -> tuple[Document, Contract]:
    document = replace(load_yaml(path, shown_as=shown_as), part=CONTRACT)
    reading = read_parts(document, Contract)
    mistakes = [*reading.mistakes, *_located(document, broken_promises(reading.record, reading.parts))]
    if mistakes:
        raise ConfigError(sorted(mistakes, key=by_line))
    return document, reading.record


def _located(document: Document, broken: list[Broken]) -> list[Mistake]:
    return [mistake_at(document, place, says, remedy) for place, says, remedy in broken]
