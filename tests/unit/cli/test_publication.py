from __future__ import annotations

from pathlib import Path

from civic_ai.cli.publication import handed_in
from civic_ai.records.case import Case
from civic_ai.records.decision import Decision
from civic_ai.store.workspace import Workspace

HANDED_IN, APPROVED, RUN = "ab" * 32, "cd" * 32, "ef" * 32


def case(**told: object) -> Case:
    return Case.model_validate({"pilot": "p", "state": "submitted", **told})


def test_the_public_reads_what_was_handed_in_and_not_what_somebody_ran(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    for pilot in ("p", "never-opened", "draft"):
        for digest in (HANDED_IN, APPROVED, RUN):
            (workspace.dossiers(pilot) / digest[:12]).mkdir(parents=True)
    approved = Decision.model_validate(
        {"question": "G3", "dossier": APPROVED, "verdict": "approve", "decided_on": "2026-01-02",
         "present": (), "absent": (), "recused": (), "votes": (), "policy": "0" * 64}
    )  # fmt: skip
    folder = workspace.dossiers("p")
    cases = {"p": case(dossier=HANDED_IN), "draft": case(pilot="draft", state="draft")}
    assert handed_in(cases, workspace) == {"p": folder / HANDED_IN[:12]}
    cases["p"] = case(dossier=HANDED_IN, approval=approved)
    assert handed_in(cases, workspace) == {"p": folder / APPROVED[:12]}
    assert handed_in({"p": case(dossier="00" * 32)}, workspace) == {}
