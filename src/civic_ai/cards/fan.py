"""The forecasts of one busy series in the lockbox, with their intervals, what came, and the simple rule.

The numbers are facts like any other (``fan.points.3.came``), so that a picture can be traced.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from civic_ai.cards.facts import Records
from civic_ai.records.record import Scalar
from civic_ai.store.blobs import Blobs

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class FanPoint:
    """One date of the series, one window ahead: what came, what was forecast by what is proposed, its
    interval, and the best simple rule unless that is proposed."""

    as_of: str
    came: int
    forecast: float
    lower: float | None
    upper: float | None
    rule: float | None


@dataclass(frozen=True)
class Fan:
    """The series with most requests in the lockbox, by area and type; without points nothing is forecast."""

    area: str | None = None
    type: str | None = None
    points: tuple[FanPoint, ...] = ()

    def facts(self) -> dict[str, Scalar]:
        """Every number of the picture; ``held`` of ``told`` intervals held."""
        told = [point for point in self.points if point.lower is not None and point.upper is not None]
        held = sum((point.lower or 0) <= point.came <= (point.upper or 0) for point in told)
        facts: dict[str, Scalar] = {"fan.told": len(told), "fan.held": held}
        for i, point in enumerate(self.points):
            facts |= {f"fan.points.{i}.{name}": value for name, value in asdict(point).items()}
        return facts


def read_fan(records: Records, blobs: Blobs) -> Fan:
    """The busiest series of a demand, one window ahead; nothing for other questions."""
    if records.evaluation.question != "demand":
        return Fan()
    import pyarrow.compute as pc

    table = blobs.table(records.evaluation.lockbox_blob)
    rows = table.filter(pc.and_(pc.equal(table["step"], 0), pc.is_valid(table["label"])))
    own = rows.filter(pc.equal(rows["candidate"], records.evaluation.champion))
    if not own.num_rows:
        return Fan()
    sums = own.group_by("unit").aggregate([("label", "sum")]).to_pylist()
    unit = min(sums, key=lambda row: (-row["label_sum"], str(row["unit"])))["unit"]
    rule = {row["as_of"]: row["score"] for row in _series(rows, unit, records.rule)}
    if records.evaluation.champion_is_baseline:
        rule = {}
    units = blobs.table(records.panel.units_blob)
    (named,) = units.filter(pc.equal(units["unit"], str(unit))).select(["area", "type"]).to_pylist()
    points = _points(_series(own, unit, records.evaluation.champion), rule)
    return Fan(named["area"], named["type"], tuple(points))


def hides_most(facts: Mapping[str, Scalar]) -> bool:
    """Whether this reader may see what came at fewer than half of the points; False without points."""
    came = [value for name, value in facts.items() if _CAME.fullmatch(name)]
    return 2 * sum(isinstance(value, int | float) for value in came) < len(came)


_CAME = re.compile(r"fan\.points\.\d+\.came")


def _series(rows: pa.Table, unit: str, candidate: str) -> list[dict[str, Any]]:
    """The rows of one unit and candidate, oldest first."""
    import pyarrow.compute as pc

    named = pc.and_(pc.equal(rows["unit"], unit), pc.equal(rows["candidate"], candidate))
    series: list[dict[str, Any]] = rows.filter(named).sort_by("as_of").to_pylist()
    return series


def _points(series: list[dict[str, Any]], rule: dict[Any, float]) -> Iterator[FanPoint]:
    for row in series:
        yield FanPoint(
            as_of=str(row["as_of"]),
            came=round(row["label"]),
            forecast=round(row["score"], 2),
            lower=row["lower"],
            upper=row["upper"],
            rule=None if rule.get(row["as_of"]) is None else round(rule[row["as_of"]], 2),
        )
