"""What a run gives back: records, tidy frames, and the paths of what a board reads."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from civic_ai.records.audit import AuditReport
from civic_ai.records.dossier import Dossier
from civic_ai.records.evaluation import Evaluation
from civic_ai.records.evidence import Evidence
from civic_ai.records.explanation import Explanation
from civic_ai.records.figure import Figure
from civic_ai.records.gates import GateReport
from civic_ai.records.panel import PanelManifest
from civic_ai.records.predictions import Predictions
from civic_ai.records.snapshot import DataSnapshot
from civic_ai.store.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

    from civic_ai.panel.split import Split
    from civic_ai.pilot.spec import PilotSpec
    from civic_ai.tracking.sync import SyncReport


@dataclass(frozen=True)
class Look:
    """What a check saw: the promise, the data, and how time will be split."""

    spec: PilotSpec
    snapshot: DataSnapshot
    splits: tuple[Split, ...]

    def to_json(self) -> dict[str, Any]:
        """What ``civic-ai check --json`` prints."""
        return {
            "schema": "check/1",
            "pilot": self.spec.pilot,
            "spec": self.spec.digest,
            "question": self.spec.question,
            "sources": [source.model_dump(mode="json") for source in self.snapshot.sources],
            "findings": [finding.model_dump(mode="json") for finding in self.snapshot.findings],
            "splits": [
                {"name": split.name, "first": str(split.test_dates[0]), "last": str(split.test_dates[-1])}
                for split in self.splits
            ],
        }


def answers_of(evaluation: Evaluation, audit: AuditReport) -> list[tuple[str, Figure]]:
    """Name and figure of what each question adds to its scores, of the champion and the best simple rule:
    days earlier, hours short and idle, days until done; and how often intervals held, over all and in the
    worst group."""
    both = dict.fromkeys((evaluation.champion, evaluation.best_baseline))
    made = [
        (f"{part.candidate}: {words}", getattr(part, name))
        for part in evaluation.staffing
        if part.type is None and part.candidate in both
        for name, words in (("hours_short", "hours short a period"), ("hours_idle", "hours idle a period"))
    ]
    made += [
        (f"{part.candidate}: {words}, {part.split}", getattr(part, name))
        for part in evaluation.time_to_find
        if part.candidate in both
        for name, words in (("days_earlier", "days earlier"), ("first_half", "found in the first half"))
    ]
    means = (part for part in evaluation.restricted_means if part.group is None)
    made += [(f"days until done, of at most {part.tau_days}", part.observed) for part in means]
    made += [
        (f"{part.candidate}: intervals that held, {part.split}", part.covered)
        for part in evaluation.coverage
        if part.group is None and part.split == "lockbox"
    ]
    worst = audit.worst_covered
    if worst is not None:
        made.append((f"intervals that held, {worst.attribute}: {worst.group}", worst.figure))
    return made


@dataclass(frozen=True)
class PilotRun:
    """A finished run. ``dossier`` is the sealed folder; the frames are made when they are asked for."""

    evidence: Evidence
    dossier_record: Dossier
    dossier: Path
    workspace: Workspace
    lockbox_looks: int
    tracking: SyncReport

    @property
    def pilot(self) -> str:
        """The pilot's name."""
        return self.evidence.pilot

    @property
    def is_ready(self) -> bool:
        """Whether every gate passed; the decision is the board's."""
        return self.gates.is_ready

    @property
    def report(self) -> Path:
        """The board brief (HTML) in the first language of the pilot's review."""
        language = self.dossier_record.languages[0]
        return self.dossier / "board" / f"board_brief.{language}.html"

    @cached_property
    def gates(self) -> GateReport:
        """Each gate with what was observed and its verdict."""
        return self.workspace.blobs.record(GateReport, self.dossier_record.gates)

    @cached_property
    def snapshot(self) -> DataSnapshot:
        """What the city handed over, and what was found in it."""
        return self.workspace.blobs.record(DataSnapshot, self.evidence.snapshot)

    @cached_property
    def panel(self) -> PanelManifest:
        """What was known when."""
        return self.workspace.blobs.record(PanelManifest, self.evidence.panel)

    @cached_property
    def evaluation(self) -> Evaluation:
        """Every candidate and baseline, the champion, the lockbox."""
        return self.workspace.blobs.record(Evaluation, self.evidence.evaluation)

    @cached_property
    def audit(self) -> AuditReport:
        """Group figures and verdicts, unmasked: for the board, not for the public."""
        return self.workspace.blobs.record(AuditReport, self.evidence.audit)

    @cached_property
    def explanation(self) -> Explanation:
        """Why the champion says what it says."""
        return self.workspace.blobs.record(Explanation, self.evidence.explanation)

    @property
    def champion(self) -> str:
        """The name of the candidate or baseline that was chosen."""
        return self.evaluation.champion

    @property
    def scores(self) -> pd.DataFrame:
        """Columns candidate, split, metric, value, lower, upper, n: one row a figure."""
        from civic_ai.evaluation.frame import evaluation_frame

        return evaluation_frame(self.evaluation)

    @property
    def groups(self) -> pd.DataFrame:
        """One row a group and metric, unmasked; see :func:`civic_ai.audit.frame.figures_frame`."""
        from civic_ai.audit.frame import audit_frame

        return audit_frame(self.audit)

    @property
    def predictions(self) -> pd.DataFrame:
        """Columns unit, as_of, split, candidate, score, lower, upper, label: every test period."""
        record = self.workspace.blobs.record(Predictions, self.evidence.predictions)
        frame: pd.DataFrame = self.workspace.blobs.table(record.blob).to_pandas()
        return frame

    @property
    def answers(self) -> list[tuple[str, Figure]]:
        """What the champion's question asks, in a few figures; see :func:`answers_of`."""
        return answers_of(self.evaluation, self.audit)

    def to_json(self) -> dict[str, Any]:
        """What ``civic-ai run --json`` prints: one object without raw rows."""
        return {
            "schema": "run/1",
            "pilot": self.pilot,
            "dossier": str(self.dossier),
            "dossier_digest": self.dossier_record.digest,
            "report": str(self.report),
            "ready": self.is_ready,
            "champion": self.champion,
            "best_baseline": self.evaluation.best_baseline,
            "question": self.evaluation.question,
            "lift": self.evaluation.lift_over_best_baseline.model_dump(mode="json"),
            "answers": {name: figure.model_dump(mode="json") for name, figure in self.answers},
            "gates": [
                {"gate": check.gate, "verdict": check.verdict, "fact": check.fact, "observed": check.observed}
                for check in self.gates.checks
            ],
            "lockbox_looks": self.lockbox_looks,
            "tracking": {"store": self.tracking.store, "pending": list(self.tracking.pending)},
        }

    def _repr_html_(self) -> str:
        """A small table for notebooks: the verdict, the champion, each gate."""
        rows = "".join(
            f"<tr><td>{escape(check.gate)}</td><td>{escape(check.verdict)}</td>"
            f"<td>{escape(str(check.observed))}</td><td>{escape(check.must_be)}</td></tr>"
            for check in self.gates.checks
        )
        verdict = "Ready for the board's decision" if self.is_ready else "Not ready"
        return (
            f"<p><strong>{escape(self.pilot)}: {verdict}</strong>. Champion: {escape(self.champion)}. "
            f"Dossier {self.dossier_record.digest[:12]}</p><table><caption>Gates</caption><thead><tr>"
            '<th scope="col">Gate</th><th scope="col">Verdict</th><th scope="col">Observed</th>'
            f'<th scope="col">Must be</th></tr></thead><tbody>{rows}</tbody></table>'
        )
