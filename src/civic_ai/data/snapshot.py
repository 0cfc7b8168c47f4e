"""The snapshot: what the city handed over, checked, sorted, and sealed by digest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import ibis.expr.types as ir

from civic_ai.core.canonical import digest_of, digest_of_file
from civic_ai.core.errors import ConfigError, DataError, Mistake
from civic_ai.data.checks import can_be_broken
from civic_ai.data.counting import open_counting
from civic_ai.data.engine import literal, open_scratch, quoted
from civic_ai.data.location import location_findings
from civic_ai.data.prepare import Prepared, find_in_source, prepare_source, refuse_too_little
from civic_ai.data.quarantine import quarantine_table
from civic_ai.pilot.load import Pilot
from civic_ai.records.contract import Contract
from civic_ai.records.policy import Policy
from civic_ai.records.snapshot import DataSnapshot, Finding, SourceSnapshot
from civic_ai.store.blobs import Blobs

ROW_GROUP_ROWS = 122_880
UNKNOWN = "unknown"
"""The word in a contract for a licence or a publisher that was asked for in vain."""


def take_snapshot(
    pilot: Pilot, contracts: Mapping[str, Contract], policy: Policy, blobs: Blobs
) -> DataSnapshot:
    """Read every source of ``pilot``, check it against its contract and seal it.

    The same rows in any order give the same table blobs. Nothing is sealed unless all sources are
    sound. Raises :class:`DataError` (broken or too little data) or :class:`ConfigError` (columns that look
    personal and are not declared) with the mistakes of all sources, :class:`StoreError` for a full disk.
    """
    with open_scratch(blobs) as (backend, folder):
        prepared = _prepare_all(backend, pilot, contracts, policy, blobs)
        findings = tuple(found for made in prepared for found in _findings(backend, pilot, made, prepared))
        sources = tuple(_seal(backend, folder, made, blobs) for made in prepared)
    return DataSnapshot(
        spec=pilot.spec.digest,
        sources=sources,
        findings=findings,
        worst_quarantined_share=_worst_share(prepared, policy.limits.quarantined_share),
        sources_without_licence=count_unlicensed([made.contract for made in prepared]),
        has_owner=bool(pilot.spec.owner.strip()),
    )


def count_unlicensed(contracts: Iterable[Contract]) -> int | None:
    """Contracts without a licence or a publisher; None where each has both, but one in the word unknown."""
    named = [[(word or "").strip() for word in (each.licence, each.publisher)] for each in contracts]
    count = sum(not all(words) for words in named)
    is_known = all(word.casefold() != UNKNOWN for words in named for word in words)
    return count if count or is_known else None


def _worst_share(prepared: Iterable[Prepared], allowed: float) -> float | None:
    """The largest share that broke its contract; None where it is small, but a contract promised nothing."""
    worst = max(made.quarantined_share for made in prepared)
    is_known = worst > allowed or all(can_be_broken(made.contract) for made in prepared)
    return worst if is_known else None


def open_tables(snapshot: DataSnapshot, blobs: Blobs) -> dict[str, ir.Table]:
    """The sealed tables as Ibis tables by source, all on one engine, columns typed by contract.

    The engine is DuckDB, unless :func:`~civic_ai.data.counting.counted_by` says Spark. Each blob is checked
    against its digest. Timestamps are in the pilot's time zone, without offset; identifiers are integer
    codes.
    """
    backend = open_counting()
    return {source.name: _open(backend, source, blobs) for source in snapshot.sources}


def _open(backend: Any, source: SourceSnapshot, blobs: Blobs) -> ir.Table:
    path = blobs.path(source.blob)
    if digest_of_file(path) != source.blob:
        blobs.get(source.blob)  # says that the file was altered
    table: ir.Table = backend.read_parquet(path, table_name=source.name)
    return table


def _prepare_all(
    backend: Any, pilot: Pilot, contracts: Mapping[str, Contract], policy: Policy, blobs: Blobs
) -> list[Prepared]:
    """All sources, or one error with the mistakes of all of them."""
    prepared: list[Prepared] = []
    broken: list[Mistake] = []
    undeclared: list[Mistake] = []
    for name in pilot.spec.sources:
        try:
            made = prepare_source(backend, pilot, name, contracts[name], blobs)
            refuse_too_little(backend, pilot, made, policy.limits.training_events)
            prepared.append(made)
        except DataError as error:
            broken.extend(error.mistakes)
        except ConfigError as error:
            undeclared.extend(error.mistakes)
    if broken:
        raise DataError([*broken, *undeclared])
    if undeclared:
        raise ConfigError(undeclared)
    return prepared


def _findings(backend: Any, pilot: Pilot, made: Prepared, prepared: list[Prepared]) -> list[Finding]:
    found = find_in_source(backend, pilot, made)
    unit = pilot.spec.unit
    if unit.grid is not None and unit.source == made.name:
        inside = next((other.polygons for other in prepared if other.name == unit.inside), None)
        bounds = None if inside is None else inside.bounds
        found += location_findings(backend, made.sound, made.name, unit.grid, bounds)
    return found


def _seal(backend: Any, folder: Path, made: Prepared, blobs: Blobs) -> SourceSnapshot:
    """Store table, quarantine, polygons and contract; the record that names them."""
    contract = made.contract
    aside = quarantine_table(backend, made.text, made.typed, contract)
    raw = {file.path.name: digest_of_file(file.path) for file in made.origin.files}
    return SourceSnapshot(
        name=made.name,
        raw_digest=next(iter(raw.values())) if len(raw) == 1 else digest_of(raw),
        raw_files=raw,
        contract_digest=blobs.put_record(contract),
        blob=_seal_table(backend, folder, made, blobs),
        quarantine_blob=None if aside is None else blobs.put_table(aside),
        polygons_blob=None if made.polygons is None else blobs.put(made.polygons.content),
        rows_read=made.rows_read,
        rows=made.rows,
        quarantined=made.quarantined,
        quarantined_share=made.quarantined_share,
        duplicates=made.typed.duplicates,
        broken_rules=made.broken_rules,
        columns=_kept(contract),
        dropped_columns=tuple(name for name, column in contract.columns.items() if column.drop),
        period=made.period,
        licence=contract.licence,
        publisher=contract.publisher,
        checked_on=contract.checked_on,
    )


def _kept(contract: Contract) -> tuple[str, ...]:
    return tuple(name for name, column in contract.columns.items() if not column.drop)


def _seal_table(backend: Any, folder: Path, made: Prepared, blobs: Blobs) -> str:
    """The sound rows, sorted, as zstd Parquet; identifiers as codes in the order of their digests."""
    path = folder / f"{made.name}.parquet"
    codes = [name for name in _kept(made.contract) if made.contract.columns[name].personal == "identifier"]
    columns = ", ".join(
        f"{quoted(f'#{name}')}.code AS {quoted(name)}" if name in codes else f"s.{quoted(name)}"
        for name in _kept(made.contract)
    )
    joins = " ".join(_code_join(made.sound, name) for name in codes)
    backend.con.execute(
        f"""COPY (SELECT {columns} FROM {quoted(made.sound)} s {joins} ORDER BY ALL)
        TO {literal(str(path))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP_ROWS})"""
    )
    return blobs.take(path)


def _code_join(table: str, name: str) -> str:
    cell = f"CAST({quoted(name)} AS VARCHAR)"
    return f"""LEFT JOIN (SELECT v, row_number() OVER (ORDER BY md5(v), v) AS code FROM (
        SELECT DISTINCT {cell} AS v FROM {quoted(table)} WHERE {quoted(name)} IS NOT NULL)
    ) {quoted(f"#{name}")} ON {quoted(f"#{name}")}.v = CAST(s.{quoted(name)} AS VARCHAR)"""
