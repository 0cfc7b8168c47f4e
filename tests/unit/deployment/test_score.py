"""Shows 6, and the list itself: what is approved is scored to the last bit, all else is refused in words."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pyarrow.compute as pc
import pytest

from civic_ai.core.canonical import digest_of_bytes
from civic_ai.core.errors import CivicError, ConfigError, DataError, RefusedError
from civic_ai.core.messages import written_date
from civic_ai.data.contract import load_contracts
from civic_ai.deployment.score import (
    Authority,
    Scored,
    Wanted,
    _refuse_future,
    approved,
    list_frame,
    score_to,
    score_today,
)
from civic_ai.deployment.worklist import BY_LOT, BY_SCORE, Draw, sidecar_of
from civic_ai.records.deployment import Worklist
from civic_ai.records.evaluation import Evaluation
from civic_ai.records.evidence import Evidence

from .conftest import DECIDED, ENDS, LAST, TODAY, Sealed

WANTED = Wanted(LAST, TODAY, exploration_share=0.05)


def authority(sealed: Sealed, **changed: Any) -> Authority:
    return Authority(sealed.case(**changed), sealed.dossier, sealed.policy)


@pytest.fixture(scope="module")
def scored(sealed: Sealed) -> Scored:
    return score_today(sealed.pilot, authority(sealed), WANTED, sealed.blobs)


def sealed_scores(sealed: Sealed) -> dict[str, float]:
    """What the champion said of the last as-of date when the lockbox was opened."""
    evidence = Evidence.model_validate_json((sealed.dossier / "evidence.json").read_bytes())
    evaluation = sealed.blobs.record(Evaluation, evidence.evaluation)
    table = sealed.blobs.table(evaluation.lockbox_blob)
    wanted = pc.and_(pc.equal(table["candidate"], evaluation.champion), pc.equal(table["as_of"], LAST))
    rows = table.filter(wanted).select(["unit", "score"]).to_pylist()
    return {row["unit"]: row["score"] for row in rows}


def test_todays_scores_are_the_sealed_ones_bit_for_bit(sealed: Sealed, scored: Scored) -> None:
    """The cohort is made from the city's files anew, for this one date alone."""
    expected = sealed_scores(sealed)
    assert len(expected) > 200
    assert dict(zip(scored.frame["unit"], scored.frame["score"], strict=True)) == expected


def test_the_list(sealed: Sealed, scored: Scored) -> None:
    frame, record = scored.frame, scored.record
    assert list(frame["rank"]) == list(range(1, len(frame) + 1))
    assert frame["score"].is_monotonic_decreasing
    counted = frame["chosen_by"].value_counts()
    assert (counted[BY_SCORE], counted[BY_LOT]) == (142, 8)
    assert list(frame["chosen_by"][:142]) == [BY_SCORE] * 142
    assert list(frame.columns) == [
        "rank", "unit", "area", "chosen_by", "score", "reasons_en", "reasons_es", "reasons_pt",
    ]  # fmt: skip
    is_chosen = frame["chosen_by"] != ""
    for language in ("en", "es", "pt"):
        assert (frame.loc[~is_chosen, f"reasons_{language}"] == "").all()
    assert "raises their score." in frame["reasons_en"][0]
    assert "sube su puntaje." in frame["reasons_es"][0]
    marks = frame["reasons_en"].str.count("not stable").sum()
    assert record.unstable_reasons == marks
    assert (record.units, record.capacity, record.chosen, record.by_lot) == (len(frame), 150, 150, 8)


def test_the_record_names_all_that_the_list_rests_on(sealed: Sealed, scored: Scored) -> None:
    record, binding = scored.record, sealed.binding
    assert (record.dossier, record.bundle) == (binding.dossier, binding.bundle)
    assert record.decision == sealed.decision().digest
    assert record.policy == sealed.policy.digest
    assert (record.as_of, record.made_on, record.ends_on) == (LAST, TODAY, ENDS)
    assert record.table == digest_of_bytes(scored.table)
    assert {source.name: source.contract for source in record.sources} == binding.contracts
    newest = {source.name: source.newest_on for source in record.sources}
    assert newest == {"requests": LAST, "weather": LAST, "areas": None}


def test_the_same_list_again_is_the_same_to_the_byte(sealed: Sealed, scored: Scored) -> None:
    """Also from a release, whose day stands in the record."""
    granted = replace(authority(sealed), released_on=DECIDED, known_on=TODAY)
    again = score_today(sealed.pilot, granted, WANTED, sealed.blobs)
    assert again.table == scored.table
    assert again.record == scored.record.model_copy(update={"released_on": DECIDED})


def test_list_and_record_stand_side_by_side(sealed: Sealed, tmp_path: Path) -> None:
    path = tmp_path / "worklist.csv"
    record = score_to(path, sealed.pilot, authority(sealed), WANTED, sealed.blobs)
    assert Worklist.model_validate_json(sidecar_of(path).read_bytes()) == record
    assert digest_of_bytes(path.read_bytes()) == record.table
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == record.units
    assert {row["unit"]: float(row["score"]) for row in rows} == sealed_scores(sealed)
    with pytest.raises(ConfigError, match="stands here already"):
        score_to(path, sealed.pilot, authority(sealed), WANTED, sealed.blobs)


def refusal(sealed: Sealed, granted: Authority, to: Path, wanted: Wanted = WANTED) -> CivicError:
    """Why no list was made; nothing was written."""
    place = to / "lists"
    place.mkdir()
    with pytest.raises(CivicError) as refused:
        score_to(place / "worklist.csv", sealed.pilot, granted, wanted, sealed.blobs)
    assert list(place.iterdir()) == []
    assert all(mistake.remedy is not None for mistake in refused.value.mistakes)
    return refused.value


def no(sealed: Sealed, granted: Authority, to: Path, wanted: Wanted = WANTED) -> str:
    error = refusal(sealed, granted, to, wanted)
    assert isinstance(error, RefusedError)
    return str(error)


def test_shows_6_an_altered_model_file(sealed: Sealed, tmp_path: Path) -> None:
    copy = sealed.copied(tmp_path)
    file = copy.dossier / "bundle" / "booster.txt"
    content = file.read_bytes()
    place = content.index(b"leaf_value=") + len(b"leaf_value=") + 3
    digit = str((int(content[place : place + 1]) + 1) % 10).encode()
    file.write_bytes(content[:place] + digit + content[place + 1 :])
    granted = Authority(sealed.case(), copy.dossier, sealed.policy)
    assert "altered after it was sealed: bundle/booster.txt" in no(copy, granted, tmp_path)


def test_shows_6_a_swapped_capacity(sealed: Sealed, tmp_path: Path) -> None:
    copy = sealed.copied(tmp_path)
    change_spec(copy, "units_per_period: 150", "units_per_period: 280")
    assert "capacity: approved was 150, found is 280" in no(copy, authority(copy), tmp_path)


def test_shows_6_another_threshold_in_a_decision_made_up(sealed: Sealed, tmp_path: Path) -> None:
    """Who writes a decision with another capacity around the same dossier is refused too."""
    larger = sealed.binding.model_copy(update={"capacity": 280})
    granted = Authority(sealed.case(sealed.decision(binding=larger)), sealed.dossier, sealed.policy)
    assert "capacity: approved was 280, found is 150" in no(sealed, granted, tmp_path)


def test_shows_6_an_expired_approval(sealed: Sealed, tmp_path: Path) -> None:
    late = replace(WANTED, made_on=ENDS + timedelta(days=1))
    assert f"the approval lapsed after {written_date(ENDS, 'en')}" in no(
        sealed, authority(sealed), tmp_path, late
    )


def test_shows_6_a_foreign_dossier(sealed: Sealed, tmp_path: Path) -> None:
    granted = Authority(sealed.case(pilot="houston-potholes"), sealed.dossier, sealed.policy)
    assert "is of pilot example-potholes, not of houston-potholes" in no(sealed, granted, tmp_path)


def test_shows_6_another_dossier_of_the_same_pilot(sealed: Sealed, tmp_path: Path) -> None:
    other = sealed.binding.model_copy(update={"dossier": "a" * 64})
    granted = Authority(sealed.case(sealed.decision(binding=other)), sealed.dossier, sealed.policy)
    said = no(sealed, granted, tmp_path)
    assert f"dossier: approved was {'a' * 64}, found is {sealed.binding.dossier}" in said


def test_shows_6_another_feature_list(sealed: Sealed, tmp_path: Path) -> None:
    copy = sealed.copied(tmp_path)
    change_spec(copy, "count_days: [28, 91, 364, 728, 1092]", "count_days: [28, 91, 364, 728]")
    assert f"features: approved was {sealed.binding.features}" in no(copy, authority(copy), tmp_path)


def test_shows_6_another_contract(sealed: Sealed, tmp_path: Path) -> None:
    copy = sealed.copied(tmp_path)
    contract = copy.pilot_folder / "contracts" / "weather.yaml"
    text = contract.read_text("utf-8")
    assert "quarantine_share: 0\n" in text
    contract.write_text(text.replace("quarantine_share: 0\n", "quarantine_share: 0.5\n"), "utf-8")
    said = no(copy, authority(copy), tmp_path)
    assert f"contracts.weather: approved was {sealed.binding.contracts['weather']}" in said


@pytest.mark.parametrize("state", ["pilot_suspended", "board_pilot", "retired"])
def test_no_list_without_an_approval_at_work(sealed: Sealed, tmp_path: Path, state: str) -> None:
    no(sealed, authority(sealed, state=state), tmp_path)


def test_a_date_that_has_not_come(sealed: Sealed, tmp_path: Path) -> None:
    tomorrow = Wanted(TODAY + timedelta(days=1), TODAY)
    assert "has not come yet" in str(refusal(sealed, authority(sealed), tmp_path, tomorrow))
    _refuse_future(Wanted(TODAY, TODAY))


def test_data_that_ends_long_before_the_date(sealed: Sealed, tmp_path: Path) -> None:
    """A source that fell silent would read like a quiet city."""
    error = refusal(sealed, authority(sealed), tmp_path, Wanted(date(2025, 12, 29), TODAY))
    assert isinstance(error, DataError)
    assert "ends on" in str(error)
    assert "before December 29, 2025" in str(error)


def test_a_share_of_the_lot_that_is_none(sealed: Sealed, tmp_path: Path) -> None:
    error = refusal(sealed, authority(sealed), tmp_path, Wanted(LAST, TODAY, 0.9))
    assert "is no share" in str(error)


def test_what_was_not_looked_up_for_long_is_not_believed(sealed: Sealed) -> None:
    """To the day: the policy allows 31."""
    contracts = load_contracts(sealed.pilot)
    old, older = (replace(authority(sealed), known_on=TODAY - timedelta(days)) for days in (31, 32))
    approved(old, sealed.pilot, contracts, WANTED)
    with pytest.raises(RefusedError, match="the policy allows 31 days"):
        approved(older, sealed.pilot, contracts, WANTED)


def test_a_place_that_some_units_lack_stands_on_the_list_and_one_that_all_lack_does_not() -> None:
    rows = pd.DataFrame({"unit": ["a", "b"], "area": ["north", None], "type": None, "score": [1.0, 2.0]})
    scorer: Any = SimpleNamespace(columns=lambda _: {})
    reasons: Any = SimpleNamespace(codes=lambda *_: [()], unstable=lambda _: 0)
    frame, _ = list_frame(rows, scorer, reasons, Draw(1, 0.0, "a lot"), ())
    assert list(frame.columns) == ["rank", "unit", "area", "chosen_by", "score"]
    assert list(frame["unit"]) == ["b", "a"]
    assert list(frame["chosen_by"]) == [BY_SCORE, ""]
    whole, _ = list_frame(rows.assign(score=[1, 2]), scorer, reasons, Draw(1, 0.0, "a lot"), ())
    assert whole.to_csv() == frame.to_csv(), "a rule that counts tells numbers like any other"


def test_without_a_lot_the_capacity_goes_to_the_highest_scores(sealed: Sealed) -> None:
    made = score_today(sealed.pilot, authority(sealed), Wanted(LAST, TODAY), sealed.blobs)
    assert list(made.frame["chosen_by"][:150]) == [BY_SCORE] * 150
    assert set(made.frame["chosen_by"][150:]) == {""}
    assert made.record.by_lot == 0


def test_what_mlflow_holds_is_never_asked(sealed: Sealed, scored: Scored, tmp_path: Path) -> None:
    """A registry in the workspace with any alias and any model in it changes nothing of what is accepted."""
    import subprocess
    import sys

    code = (
        "import sys; import civic_ai.deployment.score, civic_ai.deployment.release;"
        "print('mlflow' in sys.modules, 'civic_ai.tracking' in sys.modules)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.split() == ["False", "False"]


def change_spec(sealed: Sealed, old: str, new: str) -> None:
    file = sealed.pilot_folder / "pilot.yaml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")
