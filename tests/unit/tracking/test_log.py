"""What MLflow would be told: everything that is public, by name and digest, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from civic_ai.core.canonical import digest_of_file
from civic_ai.core.errors import RefusedError
from civic_ai.records.dossier import Dossier
from civic_ai.records.evidence import Evidence
from civic_ai.store.workspace import Workspace
from civic_ai.tracking.log import DossierLog, Measure

from .city import CANDIDATES, METRICS, SECRET_ROW, SPLITS, describe, seal_city, value_of


@pytest.fixture
def log(workspace: Workspace, dossier: Path) -> DossierLog:
    return describe(workspace, dossier)


def test_the_log_is_named_by_the_digest_that_people_sign(log: DossierLog, dossier: Path) -> None:
    assert log.digest == digest_of_file(dossier / "manifest.json")
    assert log.parent.key == log.digest


def test_a_child_for_each_candidate_and_split_that_was_scored(log: DossierLog) -> None:
    tested = {f"{candidate} / split {split}" for candidate in CANDIDATES for split in SPLITS}
    looked_at_once = {"year_count / lockbox", "lightgbm / lockbox"}
    assert {child.name for child in log.children} == tested | looked_at_once
    assert len({child.key for child in log.children}) == len(log.children)


def test_each_child_has_its_own_scores_with_interval_and_n(log: DossierLog) -> None:
    for child in log.children:
        measures = {measure.name: measure.value for measure in child.measures}
        candidate, split = child.tags["civic_ai.candidate"], child.tags["civic_ai.split"]
        for metric in METRICS:
            value = value_of(candidate, split, metric)
            assert measures[metric] == value
            assert (measures[f"{metric}.lower"], measures[f"{metric}.upper"]) == (value - 0.1, value + 0.1)
            assert measures[f"{metric}.n"] == 200


def test_the_parent_has_the_champion_over_all_splits(log: DossierLog) -> None:
    measures = {m.name: m.value for m in log.parent.measures if m.step == 0}
    assert measures["recall_at_capacity"] == value_of("year_count", "all", "recall_at_capacity")
    assert measures["lift_over_best_baseline.lower"] == pytest.approx(0.92)
    assert (measures["gates/passed"], measures["gates/failed"], measures["gates/unknown"]) == (0, 1, 0)


def test_series_run_over_the_splits_and_over_the_units_visited(log: DossierLog) -> None:
    series = [m for m in log.parent.measures if m.name == "by_split/lightgbm.recall_at_capacity"]
    assert [m.step for m in series] == [1, 2, 3]
    assert [m.value for m in series] == [
        value_of("lightgbm", split, "recall_at_capacity") for split in ("1", "2", "lockbox")
    ]
    assert Measure("capacity_curve/lightgbm", 0.5, 20) in log.parent.measures


def test_what_was_not_measured_or_is_hidden_is_not_sent_as_a_number(log: DossierLog) -> None:
    names = {measure.name for measure in log.parent.measures}
    assert "audit/group.q4 _lowest_.recall_ratio" in names
    assert not any(name.startswith("audit/group.q2") for name in names)
    assert "lockbox_lift" not in names


def test_a_figure_without_an_interval_is_sent_without_one(log: DossierLog) -> None:
    measures = {m.name: m.value for m in log.parent.measures if m.name.startswith("explanation/")}
    assert measures == {"explanation/history": 0.9, "explanation/history.n": 10}


def test_every_digest_of_the_evidence_is_a_tag_of_every_run(
    log: DossierLog, workspace: Workspace, dossier: Path
) -> None:
    sealed = Dossier.model_validate_json((dossier / "manifest.json").read_bytes())
    evidence = workspace.blobs.record(Evidence, sealed.evidence)
    for run in (log.parent, *log.children):
        assert run.tags["civic_ai.dossier"] == log.digest
        assert run.tags["civic_ai.evidence"] == sealed.evidence
        assert run.tags["civic_ai.contracts.requests"] == evidence.contracts["requests"]
        assert run.tags["civic_ai.code.source_digest"] == evidence.code.source_digest
        for name in ("spec", "policy", "snapshot", "panel", "predictions", "evaluation", "explanation"):
            assert run.tags[f"civic_ai.{name}"] == getattr(evidence, name)


def test_datasets_are_named_by_digest(log: DossierLog) -> None:
    assert [(use.name, use.digest[0], use.context) for use in log.parent.datasets] == [
        ("requests", "2", "source"),
        ("panel", "3", "panel"),
    ]


def test_only_public_files_and_the_manifest_are_sent(log: DossierLog) -> None:
    assert set(log.files) == {
        "manifest.json",
        "public/records/evaluation.json",
        "public/model_card.en.html",
    }
    assert not any(SECRET_ROW.encode() in content for content in log.files.values())


def test_a_card_that_was_altered_is_refused_by_name(workspace: Workspace, dossier: Path) -> None:
    card = dossier / "public" / "model_card.en.html"
    card.write_bytes(card.read_bytes() + b" ")
    with pytest.raises(RefusedError, match=r"public/model_card\.en\.html: a file of the dossier was altered"):
        describe(workspace, dossier)


def test_every_name_is_one_that_mlflow_takes(log: DossierLog) -> None:
    for run in (log.parent, *log.children):
        names = [*run.params, *run.tags, *(measure.name for measure in run.measures)]
        assert all(re.fullmatch(r"[\w\-. /:]{1,250}", name, re.ASCII) for name in names)


def test_the_same_dossier_gives_the_same_log(log: DossierLog, workspace: Workspace, dossier: Path) -> None:
    assert describe(workspace, dossier) == log


def test_the_verdict_of_each_gate_is_a_tag(log: DossierLog) -> None:
    assert log.parent.tags["civic_ai.gate.beats-simple-rule"] == "fail"
    assert log.parent.tags["civic_ai.is_ready"] == "false"
    assert "not ready (0 pass, 1 fail, 0 unknown)" in log.parent.tags["mlflow.note.content"]


def test_another_champion_changes_what_the_parent_says(workspace: Workspace) -> None:
    other = seal_city(workspace, pilot="test-city", champion="lightgbm")
    log = describe(workspace, other)
    measures = {m.name: m.value for m in log.parent.measures if m.step == 0}
    assert measures["recall_at_capacity"] == value_of("lightgbm", "all", "recall_at_capacity")
    champions = {
        c.tags["civic_ai.candidate"] for c in log.children if c.tags["civic_ai.is_champion"] == "true"
    }
    assert champions == {"lightgbm"}


def test_what_only_some_questions_ask_is_sent_under_its_key(log: DossierLog) -> None:
    measures = {m.name: m.value for m in log.parent.measures if m.step == 0}
    assert measures["staffing/lightgbm.tree.hours_short"] == 7.0
    assert measures["staffing/lightgbm.tree.hours_idle.n"] == 200
    assert "staffing/lightgbm.tree.cheaper_than_baseline" not in measures
    assert measures["coverage/lightgbm.lockbox.covered"] == 0.9
    assert measures["selection/best_mean.regret"] == 0.1


def test_a_pilot_without_a_list_has_no_capacity(workspace: Workspace) -> None:
    log = describe(workspace, seal_city(workspace, pilot="test-demand", champion="year_count", visits=None))
    assert log.parent.params["question"] == "demand"
    assert "units_per_period" not in log.parent.params
