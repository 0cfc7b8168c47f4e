"""What an audited table says: figures of each group, verdicts, as a frame and in a notebook."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from civic_ai.audit.frame import figures_frame
from civic_ai.records.audit import Disparity, GroupCount, GroupFigure
from civic_ai.records.figure import Figure, Verdict
from civic_ai.records.policy import Policy

if TYPE_CHECKING:
    import pandas as pd

_WORDS = {
    "pass": "served about equally",
    "fail": "not served equally",
    "insufficient_evidence": "too few to tell",
    "unknown": "not measured",
}


@dataclass(frozen=True)
class TableAudit:
    """An audited table. ``verdict`` is the worst of the ``leading`` metrics; ``left_out`` counts rows without
    an outcome. Nothing is masked: it is for who made the table, not for publication."""

    groups: tuple[GroupFigure, ...]
    disparities: tuple[Disparity, ...]
    counts: tuple[GroupCount, ...]
    leading: tuple[str, ...]
    verdict: Verdict
    rows: int
    left_out: int
    policy: Policy

    def to_frame(self) -> pd.DataFrame:
        """One row a group and metric: attribute, group, metric, value, lower, upper, n, ratio, ratio_lower,
        ratio_upper, verdict, needed. Ratio and verdict are blank for the reference group."""
        return figures_frame(self.groups, self.disparities)

    @property
    def summary(self) -> str:
        """What was found, in two sentences."""
        band = f"within {self.policy.tolerances.disparity_ratio:g} times either way"
        left = f", {self.left_out:,} without an outcome left out" if self.left_out else ""
        return f"{_WORDS[self.verdict].capitalize()} ({band}), over {self.rows:,} rows{left}."

    def __repr__(self) -> str:
        lines = [self.summary]
        lines += [
            f"  {item.attribute}: {item.group} / {item.reference_group}, {item.metric} "
            f"{_told(item.ratio)}: {_verdict(item)}"
            for item in self._leading()
        ]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """The leading metrics as a table for notebooks."""
        rows = "".join(
            "<tr>"
            + "".join(
                f"<td>{escape(cell)}</td>"
                for cell in (
                    item.attribute,
                    f"{item.group} / {item.reference_group}",
                    item.metric,
                    _told(item.ratio),
                    _verdict(item),
                )
            )
            + "</tr>"
            for item in self._leading()
        )
        head = "".join(
            f"<th>{name}</th>" for name in ("attribute", "groups", "metric", "ratio (interval)", "verdict")
        )
        return (
            f"<p>{escape(self.summary)}</p><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        )

    def _leading(self) -> Iterable[Disparity]:
        return (item for item in self.disparities if item.metric in self.leading)


def _told(figure: Figure) -> str:
    if figure.value is None:
        return "not measured"
    if figure.lower is None or figure.upper is None:
        return f"{figure.value:.2f}"
    return f"{figure.value:.2f} ({figure.lower:.2f} to {figure.upper:.2f})"


def _verdict(item: Disparity) -> str:
    if item.verdict == "insufficient_evidence" and item.needed is not None:
        return f"{_WORDS[item.verdict]} (would need about {item.needed:,} cases in each group)"
    return _WORDS[item.verdict]
