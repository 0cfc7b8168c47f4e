"""A release from a real office with thirteen keys: it scores where no workspace stands."""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from civic_ai.core.errors import CivicError, ConfigError, RefusedError, StoreError
from civic_ai.core.messages import written_date
from civic_ai.deployment import release
from civic_ai.deployment.release import Released, read_release, with_newer, write_release
from civic_ai.deployment.score import Authority, Wanted, score_today
from civic_ai.deployment.standing import case_on
from civic_ai.records.deployment import Deployment
from civic_ai.review.ledger import open_ledger
from civic_ai.review.ledger_export import export, write_export
from civic_ai.review.ledger_trust import Trust
from civic_ai.review.office import Office
from civic_ai.review.policies import write_policies
from civic_ai.review.receipt import Received, check_receipt
from civic_ai.store.blobs import Blobs
from tests.unit.review import made_office
from tests.unit.review.made_case import act, day, deed
from tests.unit.review.made_ledger import LOG, OTHER_LOG
from tests.unit.review.made_office import TO_APPROVAL, office_in

from .conftest import LAST, PILOT, Sealed

TRUST = Trust(LOG.public)
MADE = day(1)
LAPSES = day(200)


def at(number: int) -> datetime:
    return datetime.combine(day(number), time(12), UTC)


def step(office: Office, sealed: Sealed, kind: str, by: str, role: str, **given: object) -> None:
    """One step in the case of the sealed dossier, bound to what it really holds."""
    action = made_office.about_pilot(act(deed(kind, by, role, **given)), PILOT, sealed.binding.dossier)
    if getattr(action, "binding", None) is not None:
        action = action.model_copy(update={"binding": sealed.binding})
    made_office._enter(office, PILOT, action)


@pytest.fixture(scope="module")
def office(sealed: Sealed, tmp_path_factory: pytest.TempPathFactory) -> Office:
    made = office_in(tmp_path_factory.mktemp("office"))
    for kind, by, role, given in TO_APPROVAL:
        step(made, sealed, kind, by, role, **given)
    step(made, sealed, "start_pilot", "sol", "data_steward")
    return made


@pytest.fixture(scope="module")
def written(sealed: Sealed, office: Office, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release") / "in" / "it" / "out"
    write_release(folder, office, sealed.dossier, at(1))
    return folder


@pytest.fixture
def copied(written: Path, tmp_path: Path) -> Path:
    shutil.copytree(written, tmp_path / "copy")
    return tmp_path / "copy"


def authority(found: Released) -> Authority:
    return Authority(found.case, found.dossier, found.policy, found.record.released_on, found.known_on)


def test_it_scores_where_no_workspace_stands(sealed: Sealed, written: Path, tmp_path: Path) -> None:
    found = read_release(written, TRUST, at(1))
    made = score_today(sealed.pilot, authority(found), Wanted(LAST, MADE), Blobs(tmp_path / "rows"))
    here = score_today(
        sealed.pilot, Authority(found.case, sealed.dossier, found.policy), Wanted(LAST, MADE), sealed.blobs
    )
    assert made.table == here.table
    assert made.record.released_on == MADE
    assert here.record.released_on is None


def test_what_stands_in_it(sealed: Sealed, office: Office, written: Path) -> None:
    record = Deployment.model_validate_json((written / "release.json").read_bytes())
    decision = office.case(PILOT).approval
    assert decision is not None
    assert (record.decision, record.binding) == (decision.digest, sealed.binding)
    assert (record.ends_on, record.released_on, record.state) == (LAPSES, MADE, "pilot")
    assert (written / "decision.json").read_bytes() == decision.to_json()
    assert (written / "binding.json").read_bytes() == sealed.binding.to_json()
    received = check_receipt((written / "receipt.txt").read_text(), LOG.public)
    assert isinstance(received, Received)
    assert received.entry.envelope.to_json() == (written / "statement.json").read_bytes()
    said = json.loads(received.entry.envelope.content)
    assert said["predicateType"].endswith("close_vote/v1")
    assert said["predicate"]["binding"]["bundle"] == sealed.binding.bundle


def test_it_lapses_like_any_approval(sealed: Sealed, written: Path) -> None:
    found = read_release(written, TRUST, at(201))
    with pytest.raises(RefusedError, match=f"the approval lapsed after {written_date(LAPSES, 'en')}"):
        score_today(sealed.pilot, authority(found), Wanted(LAST, LAPSES + timedelta(days=1)), sealed.blobs)


def test_a_key_of_another_log_is_no_trust(written: Path) -> None:
    with pytest.raises(RefusedError, match="not signed by other"):
        read_release(written, Trust(OTHER_LOG.public), at(1))


def altered(path: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        content = (folder / path).read_bytes()
        middle = len(content) // 2
        (folder / path).write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])

    return change


def cut_back(folder: Path) -> None:
    for name in ("entries.txt", "leaves.txt"):
        lines = (folder / "ledger" / name).read_bytes().splitlines(keepends=True)
        (folder / "ledger" / name).write_bytes(b"".join(lines[:-1]))


def without_policies(folder: Path) -> None:
    shutil.rmtree(folder / "policies")


def another_policy(folder: Path) -> None:
    [file] = (folder / "policies").iterdir()
    told = json.loads(file.read_bytes())
    file.write_text(json.dumps(told | {"version": "99"}))


@pytest.mark.parametrize(
    "attack",
    [
        altered("ledger/entries.txt"), altered("ledger/checkpoint.txt"), cut_back,
        without_policies, another_policy, altered("release.json"),
    ],
)  # fmt: skip
def test_whatever_is_altered_is_refused_when_it_is_read(
    sealed: Sealed, copied: Path, attack: Callable[[Path], None]
) -> None:
    attack(copied)
    with pytest.raises((RefusedError, ConfigError)):
        read_release(copied, TRUST, at(1))


def test_an_altered_model_in_it(sealed: Sealed, copied: Path) -> None:
    altered("dossier/bundle/booster.txt")(copied)
    found = read_release(copied, TRUST, at(1))
    with pytest.raises(RefusedError, match="bundle/booster"):
        score_today(sealed.pilot, authority(found), Wanted(LAST, MADE), sealed.blobs)


@pytest.mark.parametrize(
    "told",
    [{"ends_on": "2099-12-31"}, {"state": "in_use"}, {"pilot": "houston-potholes"}, {"decision": "a" * 64}],
)
def test_what_it_says_of_itself_must_be_what_the_ledger_says(copied: Path, told: dict[str, str]) -> None:
    said = json.loads((copied / "release.json").read_bytes())
    (copied / "release.json").write_text(json.dumps(said | told))
    with pytest.raises(RefusedError, match="does not hold the decision") as refused:
        read_release(copied, TRUST, at(1))
    (mistake,) = refused.value.mistakes
    assert mistake.about == str(copied)
    assert str(mistake.remedy) == "Do not use it; ask for a new release."


def test_another_decision_beside_it_changes_nothing(sealed: Sealed, copied: Path) -> None:
    """``decision.json`` and ``binding.json`` are for people: the end comes from the ledger."""
    (copied / "decision.json").write_text("{}")
    (copied / "binding.json").unlink()
    found = read_release(copied, TRUST, at(201))
    with pytest.raises(RefusedError, match="lapsed after"):
        score_today(sealed.pilot, authority(found), Wanted(LAST, LAPSES + timedelta(days=1)), sealed.blobs)


def test_no_release_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="holds no release"):
        read_release(tmp_path, TRUST, at(1))


def test_it_is_written_once(sealed: Sealed, office: Office, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(ConfigError, match="stands here already"):
        write_release(tmp_path / "out", office, sealed.dossier, at(1))


def test_a_folder_that_is_no_dossier(office: Office, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no dossier"):
        write_release(tmp_path / "out", office, tmp_path, at(1))


def test_nothing_is_left_of_a_release_that_failed(
    sealed: Sealed, office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes, *, mode: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(release, "write_file", full)
    with pytest.raises(StoreError, match="full"):
        write_release(tmp_path / "out", office, sealed.dossier, at(1))
    assert list(tmp_path.iterdir()) == []


def test_after_the_suspension_nothing_is_released(sealed: Sealed, tmp_path: Path) -> None:
    made = office_in(tmp_path)
    for kind, by, role, given in TO_APPROVAL:
        step(made, sealed, kind, by, role, **given)
    with pytest.raises(RefusedError, match="nobody has started"):
        write_release(tmp_path / "out", made, sealed.dossier, at(1))
    step(made, sealed, "start_pilot", "sol", "data_steward")
    step(made, sealed, "suspend", "off", "governance_officer")
    with pytest.raises(RefusedError, match="is suspended"):
        write_release(tmp_path / "out", made, sealed.dossier, at(1))
    exported = export(made.ledger.snapshot())
    assert case_on(exported, PILOT, made.policy_of, TRUST, at(1)).state == "pilot_suspended"
    assert case_on(exported, "another", made.policy_of, TRUST, at(1)).state == "unopened"
    with pytest.raises(CivicError):
        case_on(exported, PILOT, made.policy_of, Trust(OTHER_LOG.public), at(1))


def test_the_command_line_scores_from_a_release(
    sealed: Sealed,
    written: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Without workspace and ledger: only the release, the city's files and the log's key."""
    from civic_ai.cli import deployment

    key = tmp_path / "log.pub"
    key.write_text(LOG.public.text + "\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(deployment, "_now", lambda: at(1))
    to = tmp_path / "list.csv"
    told: dict[str, Any] = {"on": str(LAST), "to": to, "release": written, "log": key}
    assert deployment.score(str(sealed.pilot_folder), **told) == 0
    assert "150 of" in capsys.readouterr().out
    assert {path.name for path in tmp_path.iterdir()} == {"log.pub", "list.csv", "list.csv.json"}
    monkeypatch.setattr(deployment, "_now", lambda: at(201))
    with pytest.raises(RefusedError, match="lapsed"):
        deployment.score(str(sealed.pilot_folder), **(told | {"to": tmp_path / "late.csv"}))
    assert not (tmp_path / "late.csv").exists()


def score_on(sealed: Sealed, found: Released, number: int) -> None:
    score_today(sealed.pilot, authority(found), Wanted(LAST, day(number)), sealed.blobs)


def test_it_ages(sealed: Sealed, written: Path) -> None:
    """A suspension does not reach a release: after the policy's days nobody may rely on it."""
    found = read_release(written, TRUST, at(32))
    score_on(sealed, found, 32)
    with pytest.raises(
        RefusedError, match="nothing is known of the case after January 2, 2026; the policy allows 31"
    ):
        score_on(sealed, found, 33)


def exported_after(sealed: Sealed, office: Office, folder: Path, *kinds: str) -> Path:
    """A newer export of a copy of the office's ledger, after these steps of the officer on day 20."""
    shutil.copytree(Path(office.ledger.engine.url.database or "").parent, folder)
    clock = made_office.Calendar()
    clock.number = 20
    ledger = open_ledger(f"sqlite:///{folder}/ledger.db", LOG, clock)
    made = Office(ledger, office.policy, office.blobs)
    for kind in kinds:
        step(made, sealed, kind, "off", "governance_officer", at=20)
    write_export(export(ledger.snapshot()), folder / "record")
    write_policies(made.steps(PILOT), made.policy_of, folder / "record")
    return folder / "record"


def test_a_newer_record_tells_what_came_after(
    sealed: Sealed, office: Office, written: Path, tmp_path: Path
) -> None:
    found = read_release(written, TRUST, at(21))
    calm = with_newer(found, exported_after(sealed, office, tmp_path / "calm", "comment"), TRUST, at(21))
    assert (calm.known_on, calm.case.state) == (day(20), "pilot")
    score_on(sealed, calm, 51)
    with pytest.raises(RefusedError, match="nothing is known of the case after January 21, 2026"):
        score_on(sealed, calm, 52)
    record = exported_after(sealed, office, tmp_path / "stopped", "suspend")
    with pytest.raises(RefusedError, match="the model is suspended"):
        score_on(sealed, with_newer(found, record, TRUST, at(21)), 21)


def test_an_older_record_is_no_newer_one(sealed: Sealed, written: Path, tmp_path: Path) -> None:
    old = office_in(tmp_path)
    write_export(export(old.ledger.snapshot()), tmp_path / "record")
    found = read_release(written, TRUST, at(2))
    with pytest.raises(RefusedError, match="ledger, cut back"):
        with_newer(found, tmp_path / "record", TRUST, at(2))


def test_its_day_is_signed_by_the_log(copied: Path) -> None:
    told = json.loads((copied / "release.json").read_bytes())
    (copied / "release.json").write_text(json.dumps(told | {"released_on": "2026-06-01"}))
    with pytest.raises(RefusedError, match="the release is not signed by city"):
        read_release(copied, TRUST, at(1))
    (copied / "release.txt").unlink()
    with pytest.raises(RefusedError, match="the release is not signed by city"):
        read_release(copied, TRUST, at(1))


def test_any_of_the_logs_keys_in_use_may_have_signed_it(written: Path) -> None:
    record = Deployment.model_validate_json((written / "release.json").read_bytes())
    own, another = LOG.public, OTHER_LOG.public
    for signers, is_signed in (([own], True), ([another, own], True), ([another], False), ([], False)):
        assert release._is_signed(written, record, signers) is is_signed


def test_the_last_of_two_votes_closed_on_a_day_stated_the_decision(sealed: Sealed, office: Office) -> None:
    decision = office.case(PILOT).approval
    assert decision is not None
    first = release._closing(office.steps(PILOT), decision)
    later = replace(first, number=first.number + 7)
    others = [one for one in office.steps(PILOT) if one.action.kind != "close_vote"]
    steps = (first, *others, later, *others)
    assert release._closing(steps, decision) == later
    elsewhere = replace(later, action=later.action.model_copy(update={"dossier": "f" * 64}))
    another_day = replace(later, action=later.action.model_copy(update={"at": day(99)}))
    assert release._closing((*steps, elsewhere, another_day), decision) == later


def test_what_is_a_link_in_the_dossier_stays_one_and_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("nobody's business")
    (tmp_path / "dossier").mkdir()
    (tmp_path / "dossier" / "notes").symlink_to(tmp_path / "secret")
    release._write_all(tmp_path / "above" / "out", tmp_path / "dossier", {"release.json": b"{}"})
    assert (tmp_path / "above" / "out" / "dossier" / "notes").is_symlink()
    assert [path.name for path in (tmp_path / "above").iterdir()] == ["out"]


def test_without_the_logs_key_nothing_is_released(sealed: Sealed, office: Office, tmp_path: Path) -> None:
    reader = Office(open_ledger(office.ledger.engine.url.render_as_string()), office.policy, office.blobs)
    with pytest.raises(ConfigError, match="cannot be written without the log's key"):
        write_release(tmp_path / "out", reader, sealed.dossier, at(1))
    assert not (tmp_path / "out").exists()


def test_strangers_cannot_read_what_a_release_says(written: Path) -> None:
    made = [path for path in written.rglob("*") if path.is_file() and "dossier" not in path.parts]
    assert written / "release.json" in made
    assert {stat.S_IMODE(path.stat().st_mode) & ~0o640 for path in made} == {0}
