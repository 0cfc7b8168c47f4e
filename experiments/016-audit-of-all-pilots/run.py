"""What the audit says of every pilot: one row a verdict, read from sealed dossiers."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from measure import write_results

from civic_ai.cards.verification import verify
from civic_ai.records.audit import AuditReport
from civic_ai.records.figure import Figure
from civic_ai.records.gates import GateReport
from civic_ai.records.record import Record

COLUMNS = (
    "pilot", "part", "metric", "attribute", "group", "value", "lower", "upper", "verdict", "needed",
    "at_least", "detectable", "note",
)  # fmt: skip
R = TypeVar("R", bound=Record)
Row = dict[str, Any]


@dataclass(frozen=True)
class Sealed:
    """The newest dossier of a pilot that nobody has altered."""

    pilot: str
    audit: AuditReport
    gates: GateReport


def main() -> None:
    """All pilots whose dossiers stand in the workspaces named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workspace", type=Path, nargs="+", default=[Path("workspace")])
    workspaces: list[Path] = parser.parse_args().workspace
    pilots = sorted(folder for place in workspaces for folder in (place / "dossiers").iterdir())
    rows = [row for folder in pilots for row in _rows(_read(folder))]
    write_results(__file__, [{name: row.get(name, "") for name in COLUMNS} for row in rows])


def _read(folder: Path) -> Sealed:
    newest = max((path for path in folder.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime)
    if not verify(newest).intact:
        raise SystemExit(f"{newest} was altered since it was sealed")
    audit = _record(AuditReport, newest / "full" / "records" / "audit.json")
    return Sealed(folder.name, audit, _record(GateReport, newest / "gates.json"))


def _record(kind: type[R], path: Path) -> R:
    return kind.model_validate_json(path.read_bytes())


def _rows(sealed: Sealed) -> Iterator[Row]:
    """Every verdict of one pilot, part by part."""
    parts: dict[str, Callable[[AuditReport], Iterator[Row]]] = {
        "group": _groups,
        "intersection": _intersections,
        "slice": _slices,
        "coverage": _coverage,
        "reporting": _reporting,
        "need": _need,
        "observer": _observer,
        "label change": _label_changes,
        "frontier": _frontier,
        "not measured": _not_measured,
    }
    for part, read in parts.items():
        yield from ({"pilot": sealed.pilot, "part": part, **row} for row in read(sealed.audit))
    for check in sealed.gates.checks:
        said = {"metric": check.gate, "verdict": check.verdict, "note": f"{check.observed}, {check.must_be}"}
        yield {"pilot": sealed.pilot, "part": "gate", **said}


def _numbers(figure: Figure | None) -> Row:
    if figure is None or figure.value is None:
        return {"note": figure.why_missing if figure else ""}
    bounds = {"lower": figure.lower, "upper": figure.upper}
    return {
        name: round(bound, 3)
        for name, bound in {"value": figure.value, **bounds}.items()
        if bound is not None
    }


def _judged(found: Any) -> Row:
    """Ratio, verdict, and what would settle it: of whatever the audit compares."""
    settles = {"needed": found.needed} if found.needed is not None else {}
    return {**_numbers(found.ratio), "verdict": found.verdict, **settles}


def _settled(found: Any) -> Row:
    """As :func:`_judged`, where the audit also says what it could have seen."""
    seen = {} if found.detectable is None else {"detectable": round(found.detectable, 2)}
    return {**_judged(found), "at_least": "yes" if found.needed_is_least else "", **seen}


def _groups(audit: AuditReport) -> Iterator[Row]:
    yield {"metric": "all", "verdict": audit.worst_verdict}
    for found in audit.disparities:
        if found.metric in audit.leading:
            named = {"metric": found.metric, "attribute": found.attribute, "group": found.group}
            yield {**named, **_settled(found)}


def _intersections(audit: AuditReport) -> Iterator[Row]:
    if audit.intersections is None:
        return
    yield {"metric": "all", "verdict": audit.intersections.verdict}
    for found in audit.intersections.groups:
        pair = {"attribute": f"{found.attribute} x {found.other_attribute}"}
        yield {
            "metric": found.metric,
            **pair,
            "group": f"{found.group} x {found.other_group}",
            **_settled(found),
        }


def _slices(audit: AuditReport) -> Iterator[Row]:
    if audit.slices is None:
        return
    yield {"metric": "all", "verdict": audit.slices.verdict, "note": f"{audit.slices.tried} tried"}
    for found in audit.slices.slices:
        yield {"metric": found.metric, "group": found.where, **_judged(found)}


def _coverage(audit: AuditReport) -> Iterator[Row]:
    yield {"metric": "intervals that held", "verdict": audit.coverage_verdict}


def _reporting(audit: AuditReport) -> Iterator[Row]:
    found = audit.reporting
    said = f"method {found.method}; groups alone say {found.of_groups}"
    yield {
        "metric": "all",
        "verdict": found.verdict,
        "note": f"{said}; {found.why_unknown or ''}".strip("; "),
    }
    for group in found.groups:
        yield {
            "metric": "reporting rate",
            "attribute": group.attribute,
            "group": group.group,
            **_judged(group),
        }
    for condition in found.conditions:
        held = {"metric": f"condition {condition.name}", "group": condition.group, **_numbers(condition.seen)}
        yield {**held, "verdict": condition.state, "note": condition.how}
    if found.map is not None:
        ends = {"lower": round(found.map.lowest or 0, 2), "upper": round(found.map.highest or 0, 2)}
        yield {"metric": "rates of areas", "value": "", **ends, "note": f"{found.map.areas} areas"}
    if found.condition is not None:
        beside = found.condition
        yield {"metric": f"reports follow {beside.column}", **_numbers(beside.reports_follow)}
        yield {"metric": f"reporting rates follow {beside.column}", **_numbers(beside.rates_follow)}
        for residual in beside.groups:
            named = {"attribute": residual.attribute, "group": residual.group}
            yield {
                "metric": "reports for equal condition",
                **named,
                **_numbers(residual.ratio),
                "verdict": residual.verdict,
            }


def _need(audit: AuditReport) -> Iterator[Row]:
    if audit.need is None:
        return
    yield {
        "metric": "all",
        "note": audit.need.why_unknown or f"changes a verdict: {audit.need.changes_a_verdict}",
    }
    for said in audit.need.verdicts:
        yield {"metric": f"{said.metric} against reports", "verdict": said.reports}
        yield {
            "metric": f"{said.metric} against need",
            "verdict": said.need,
            "note": f"stable: {said.is_stable}",
        }


def _observer(audit: AuditReport) -> Iterator[Row]:
    found = audit.observer
    if found is not None:
        judged = {**_numbers(found.share), "verdict": found.verdict}
        yield {
            "metric": "share told by the observer",
            **judged,
            "attribute": found.column,
            "note": found.why_unknown or "",
        }


def _label_changes(audit: AuditReport) -> Iterator[Row]:
    for found in audit.label_changes:
        jump = f"from {found.before.value:.3f} to {found.after.value:.3f}; p {found.p_value:.3f}"
        named = {"metric": str(found.on), "group": found.stratum or "all"}
        yield {**named, **_numbers(found.jump), "note": f"{jump}; {found.earliest} to {found.latest}"}


def _frontier(audit: AuditReport) -> Iterator[Row]:
    if audit.frontier is None:
        return
    pair = {"attribute": audit.frontier.attribute, "group": audit.frontier.group}
    for way in audit.frontier.ways:
        found = (
            f"{way.found_per_visit.value:.3f} found a visit" if way.found_per_visit.value is not None else ""
        )
        yield {"metric": f"{audit.frontier.metric}: {way.way}", **pair, **_numbers(way.ratio), "note": found}


def _not_measured(audit: AuditReport) -> Iterator[Row]:
    for name in audit.not_measured:
        yield {"metric": name}


if __name__ == "__main__":
    main()
