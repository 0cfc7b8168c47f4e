"""One source from its file to a sound table in DuckDB, with all that was counted on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from civic_ai.core.errors import ConfigError, Mistake
from civic_ai.core.messages import say
from civic_ai.data.checks import break_rules, keep_sound
from civic_ai.data.copies import copy_findings
from civic_ai.data.engine import number_of, quoted, rows_of
from civic_ai.data.findings import finding
from civic_ai.data.history import history_findings
from civic_ai.data.origin import Origin, find_origin
from civic_ai.data.personal import undeclared_personal
from civic_ai.data.polygons import Polygons, read_polygons
from civic_ai.data.quarantine import count_quarantined, count_rules, refuse_too_many
from civic_ai.data.tables import TextTable, read_text_table
from civic_ai.data.typed import TypedTable, thousands_findings, type_table, typing_findings
from civic_ai.data.types import Reading
from civic_ai.pilot.load import Pilot
from civic_ai.records.contract import Contract
from civic_ai.records.figure import Period
from civic_ai.records.snapshot import Finding, RuleCount
from civic_ai.store.blobs import Blobs
from civic_ai.store.yaml import load_yaml


@dataclass(frozen=True)
class Prepared:
    """A source whose sound rows stand in the table ``sound``, ready to be sealed."""

    name: str
    contract: Contract
    origin: Origin
    text: TextTable
    typed: TypedTable
    sound: str
    rows: int
    quarantined: int
    broken_rules: tuple[RuleCount, ...]
    polygons: Polygons | None
    period: Period | None

    @property
    def rows_read(self) -> int:
        """Lines of the file that should have been rows."""
        return self.text.rows + len(self.text.broken)

    @property
    def quarantined_share(self) -> float:
        """Share of the rows that broke the contract."""
        return round(self.quarantined / self.rows_read, 6)


def prepare_source(backend: Any, pilot: Pilot, name: str, contract: Contract, blobs: Blobs) -> Prepared:
    """Read, type and check the source ``name``.

    Raises :class:`DataError` when the file is not what was promised or too much of it is broken,
    :class:`ConfigError` when columns look personal and the contract does not say what to do with them.
    """
    origin = find_origin(pilot, name, blobs)
    text = read_text_table(backend, origin.files, contract, name)
    _refuse_personal(backend, pilot, name, text, contract)
    zone = contract.time_zone or pilot.spec.time_zone
    typed = type_table(backend, text, contract, Reading(contract.file, zone, pilot.spec.time_zone))
    broken = count_rules(text, break_rules(backend, typed, contract))
    quarantined = count_quarantined(backend, text, typed)
    if quarantined > contract.quarantine_share * (text.rows + len(text.broken)):
        raise refuse_too_many(backend, text, typed, broken)
    sound = keep_sound(backend, typed, contract)
    polygons = None if origin.polygons is None else read_polygons(origin.polygons, _key(pilot, name))
    known_at = pilot.spec.sources[name].known_at
    made = Prepared(
        name=name,
        contract=contract,
        origin=origin,
        text=text,
        typed=typed,
        sound=sound,
        rows=number_of(backend, f"SELECT count(*) FROM {quoted(sound)}"),
        quarantined=quarantined,
        broken_rules=broken,
        polygons=polygons,
        period=None if known_at is None else _period(backend, sound, known_at),
    )
    if made.rows == 0:
        raise origin.files[0].refuse(say("holds no row that keeps the contract"))
    return made


def _refuse_personal(backend: Any, pilot: Pilot, name: str, text: TextTable, contract: Contract) -> None:
    looks = list(undeclared_personal(backend, text, contract))
    if not looks:
        return
    path = pilot.resolve(pilot.spec.sources[name].contract)
    document = load_yaml(path, shown_as=pilot.shown(path))
    raise ConfigError(
        Mistake(f"{name}.{column}", says, document.place(("columns", column)), remedy)
        for column, says, remedy in looks
    )


def _key(pilot: Pilot, name: str) -> str:
    return pilot.spec.sources[name].key or "area_id"


def _period(backend: Any, table: str, known_at: str) -> Period | None:
    first, last = rows_of(
        backend,
        f"SELECT CAST(min({quoted(known_at)}) AS DATE), CAST(max({quoted(known_at)}) AS DATE) "
        f"FROM {quoted(table)}",
    )[0]
    return None if first is None else Period(first=first, last=last)


def find_in_source(backend: Any, pilot: Pilot, made: Prepared) -> list[Finding]:
    """What a reader of this source should know, in a fixed order."""
    source = pilot.spec.sources[made.name]
    found = [*made.text.findings, *_counted(made), *_promised(pilot, made)]
    found += typing_findings(backend, made.typed, made.contract, made.name)
    found += thousands_findings(backend, made.text, made.contract, made.name)
    if source.known_at is None:
        found.append(finding("static_source", made.name))
    else:
        found += history_findings(backend, made.sound, made.name, source.known_at)
        found += copy_findings(backend, made.sound, made.name, made.contract, source.known_at)
    if made.polygons is not None:
        found += _unmatched(backend, made, _key(pilot, made.name))
    return found


def _counted(made: Prepared) -> list[Finding]:
    found = []
    if made.quarantined:
        found.append(finding("quarantined_rows", made.name, counted=(made.quarantined, made.rows_read)))
    if made.typed.duplicates:
        found.append(finding("exact_duplicates", made.name, counted=(made.typed.duplicates, made.rows_read)))
    return found


def _promised(pilot: Pilot, made: Prepared) -> list[Finding]:
    """Licence and publisher that are not named, and rows that are older than was promised."""
    contract, found = made.contract, []
    if not (contract.licence or "").strip():
        found.append(finding("no_licence", made.name))
    if not (contract.publisher or "").strip():
        found.append(finding("no_publisher", made.name))
    fresh = contract.freshness
    if fresh is not None and made.period is not None:
        late = (pilot.spec.as_of.last - made.period.last).days
        if late > fresh.within_days:
            values: dict[str, str | int | float] = {"newest": made.period.last.isoformat(), "count": late}
            found.append(finding("stale", made.name, column=fresh.column, values=values))
    return found


def _unmatched(backend: Any, made: Prepared, key: str) -> list[Finding]:
    assert made.polygons is not None
    cells = rows_of(backend, f"SELECT DISTINCT CAST({quoted(key)} AS VARCHAR) FROM {quoted(made.sound)}")
    areas = {str(row[0]) for row in cells}
    found = []
    for code, alone, of in (
        ("areas_without_polygon", areas - made.polygons.names, areas),
        ("polygons_without_area", made.polygons.names - areas, made.polygons.names),
    ):
        if alone:
            found.append(finding(code, made.name, counted=(len(alone), len(of))))
    return found


def refuse_too_little(backend: Any, pilot: Pilot, made: Prepared, needed: int) -> None:
    """Raise :class:`DataError` if the label's source holds fewer rows than events are ``needed``."""
    label, last = pilot.spec.label, pilot.spec.as_of.last
    known_at = pilot.spec.sources[made.name].known_at
    if made.name != label.source or known_at is None:
        return
    known = f"CAST({quoted(known_at)} AS DATE) <= DATE '{last.isoformat()}'"
    rows = number_of(backend, f"SELECT count(*) FROM {quoted(made.sound)} WHERE {known}")
    if rows < needed:
        says = say("holds {rows} rows until {last}, but a model needs at least {needed} events to learn from",
                   rows=rows, last=last.isoformat(), needed=needed)  # fmt: skip
        remedy = say("Hand over a longer period, or ask a question that more rows answer.")
        raise made.origin.files[0].refuse(says, remedy=remedy)
