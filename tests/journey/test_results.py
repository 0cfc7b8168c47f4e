"""What a run gives back agrees with what it sealed."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from civic_ai.cards.facts import read_records
from civic_ai.records.dossier import Dossier
from civic_ai.results import PilotRun, answers_of
from civic_ai.store.blobs import Blobs
from tests.unit.cards.made_city import City
from tests.unit.cards.made_evidence import make_evidence

Tiny = tuple[Path, Path, PilotRun]
RECORDS = ("snapshot", "panel", "evaluation", "audit", "explanation")


@pytest.mark.parametrize("name", RECORDS)
def test_each_record_is_the_one_that_the_evidence_names(tiny: Tiny, name: str) -> None:
    run = tiny[2]
    assert getattr(run, name).digest == getattr(run.evidence, name)
    sealed = json.loads((run.dossier / "full" / "records" / f"{name}.json").read_bytes())
    assert sealed == json.loads(getattr(run, name).to_json())


def test_the_manifest_in_the_folder_is_the_record(tiny: Tiny) -> None:
    run = tiny[2]
    assert Dossier.model_validate_json((run.dossier / "manifest.json").read_bytes()) == run.dossier_record
    assert run.gates.digest == run.dossier_record.gates
    assert run.is_ready == run.gates.is_ready == run.dossier_record.is_ready


def test_each_figure_of_the_frames_is_one_of_the_records(tiny: Tiny) -> None:
    run = tiny[2]
    frame = run.scores.set_index(["candidate", "split", "metric"])
    for score in run.evaluation.scores:
        value = frame.loc[(score.candidate, score.split, score.metric), "value"]
        assert (pd.isna(value) and score.figure.value is None) or value == score.figure.value


def test_the_predictions_hold_every_candidate_on_every_test_date(tiny: Tiny) -> None:
    run = tiny[2]
    counts = run.predictions.groupby(["candidate", "split"], observed=True).size().unstack("candidate")
    assert counts.notna().all().all()
    assert (counts.nunique(axis=1) == 1).all()
    assert "lockbox" not in counts.index


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("demand", "lightgbm: hours short a period"),
        ("cases", "observer_rate: days earlier, lockbox"),
        ("durations", "days until done, of at most 90"),
        ("ranking", "intervals that held, income_quartile: q2"),
    ],
)
def test_each_question_has_its_answers(tmp_path: Path, question: str, expected: str) -> None:
    one = make_evidence(Blobs(tmp_path), City(question=question))
    records = read_records(one.evidence, one.blobs)
    answers = dict(answers_of(records.evaluation, records.audit))
    assert expected in answers
    assert all(figure.value is not None for figure in answers.values())
