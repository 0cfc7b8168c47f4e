"""The log's own key changes on the record, and readers of either key can follow; nobody changes it alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from civic_ai.core.errors import RefusedError
from civic_ai.records.ledger import Checkpoint
from civic_ai.review.checkpoint import open_checkpoint, sign_checkpoint
from civic_ai.review.key_files import KeyFile, note_key
from civic_ai.review.keys import enrol
from civic_ai.review.ledger import Ledger
from civic_ai.review.ledger_database import check_database
from civic_ai.review.ledger_export import ExportedLedger, export
from civic_ai.review.ledger_restore import restore
from civic_ai.review.ledger_trust import Trust
from civic_ai.review.ledger_verification import verify_ledger
from civic_ai.review.log_keys import LogKeys, Rotation, read_rotation, rotate
from civic_ai.review.merkle import leaf_hash, root
from civic_ai.review.note import KeyType, NoteKey
from civic_ai.review.statement import Statement
from civic_ai.review.witness import Witness
from tests.unit.review.made_ledger import (
    ANA,
    BEA,
    EVE,
    LOG,
    OTHER_LOG,
    START,
    WITNESS,
    append,
    cosign,
    found,
    key_file,
    said,
    seconds,
    vote,
)

NEW = replace(note_key(key_file("second", "log")), name=LOG.name)
THIRD = replace(note_key(key_file("third", "log")), name=LOG.name)
FOURTH, FIFTH = (replace(note_key(key_file(one, "log")), name=LOG.name) for one in ("fourth", "fifth"))
TODAY = START + timedelta(days=1)
DESK = key_file("Desk", "server")


def state(ledger: Ledger) -> Checkpoint:
    lines = [leaf_hash(line) for line in ledger.snapshot().lines]
    return Checkpoint(origin=LOG.name, size=len(lines), root=root(lines).hex())


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """Ana is custodian; Bea and the desk's server have keys; two votes."""
    made = found(tmp_path)
    append(
        made, said(enrol(BEA.public_key), ANA), said(enrol(DESK.public_key), ANA), vote(1, ANA), vote(2, BEA)
    )
    return made


def changed(ledger: Ledger, *, old: NoteKey = LOG, new: NoteKey = NEW) -> Ledger:
    append(ledger, said(rotate(old, new.public, state(ledger), "the server was replaced"), ANA, BEA))
    return replace(ledger, log_key=new)


def faults(exported: ExportedLedger, key: NoteKey) -> list[str]:
    return [one.kind for one in verify_ledger(exported, Trust(key.public), TODAY).findings if one.is_fault]


def test_it_goes_on_under_the_new_key_and_readers_of_either_can_follow(ledger: Ledger) -> None:
    after = changed(ledger)
    for number, key in ((10, LOG), (11, NEW)):
        note = after.snapshot().checkpoint
        assert open_checkpoint(note, key.public) is not None, number
        assert faults(export(after.snapshot()), LOG) == faults(export(after.snapshot()), NEW) == []
        append(after, vote(number, ANA))
    again = changed(after, old=NEW, new=THIRD)
    append(again, vote(12, BEA))
    exported = export(again.snapshot())
    assert [faults(exported, key) for key in (LOG, NEW, THIRD)] == [[], [], []]
    assert faults(exported, OTHER_LOG) == ["log signature", "log signature"]
    url = again.engine.url.render_as_string()
    assert check_database(url, LOG.public) == check_database(url, THIRD.public) == ()


def test_the_old_key_writes_nothing_more(ledger: Ledger) -> None:
    changed(ledger)
    with pytest.raises(RefusedError, match="is not the one in use"):
        append(ledger, vote(10, ANA))
    append(replace(ledger, log_key=NEW), vote(10, ANA))
    with pytest.raises(RefusedError, match=r"not signed by|is not the one in use"):
        append(ledger, vote(11, ANA))


def test_a_checkpoint_by_the_old_key_after_its_end_is_no_checkpoint(ledger: Ledger) -> None:
    after = changed(ledger)
    append(after, vote(10, ANA))
    stolen = sign_checkpoint(state(after), LOG).encode()
    exported = replace(export(after.snapshot()), checkpoint=stolen)
    assert faults(exported, NEW) == faults(exported, LOG) == ["log signature"]


def test_no_other_history_can_be_put_before_the_change(ledger: Ledger, tmp_path: Path) -> None:
    """A thief of the old key leaves a vote out and copies the entry that two people signed."""
    changed(ledger)
    entries = ledger.entries()
    (tmp_path / "forged").mkdir()
    forged = found(tmp_path / "forged")
    append(forged, *(entry.envelope for entry in entries[1:4]), vote(66, ANA))
    with pytest.raises(RefusedError, match="changed on other entries"):
        append(forged, entries[-1].envelope)
    lines = [*forged.snapshot().lines, entries[-1].line]
    leaves = [leaf_hash(line) for line in lines]
    signed = sign_checkpoint(Checkpoint(origin=LOG.name, size=len(leaves), root=root(leaves).hex()), LOG)
    made = ExportedLedger(b"".join(line + b"\n" for line in lines), b"", signed.encode())
    told = verify_ledger(made, Trust(NEW.public), TODAY).findings
    assert ("rewritten", len(lines) - 1) in [(one.kind, one.entry) for one in told]


def refused(ledger: Ledger, statement: Statement, *signers: KeyFile) -> str:
    with pytest.raises(RefusedError) as error:
        append(ledger, said(statement, *signers))
    return str(error.value)


def test_nobody_changes_it_alone(ledger: Ledger) -> None:
    made = rotate(LOG, NEW.public, state(ledger), "x")
    assert "two people must sign" in refused(ledger, made, ANA)
    assert "two people must sign" in refused(ledger, made, ANA, DESK)
    assert "only a custodian" in refused(ledger, made, BEA, DESK)


def test_the_old_key_must_sign_for_the_new_one_here_and_now(ledger: Ledger) -> None:
    before = state(ledger)
    thief = replace(OTHER_LOG, name=LOG.name)
    posed = rotate(thief, NEW.public, before, "x")
    told = {**posed.predicate, "old": LOG.public.text}
    posed = posed.model_copy(update={"predicate": told})
    assert "did not sign for the new one" in refused(ledger, posed, ANA, BEA)
    assert "is not the one in use" in refused(ledger, rotate(thief, NEW.public, before, "x"), ANA, BEA)
    earlier = before.model_copy(update={"size": before.size - 1})
    assert "made for entry 4" in refused(ledger, rotate(LOG, NEW.public, earlier, "x"), ANA, BEA)
    elsewhere = before.model_copy(update={"root": "ab" * 32})
    assert "on other entries" in refused(ledger, rotate(LOG, NEW.public, elsewhere, "x"), ANA, BEA)


@pytest.mark.parametrize(
    ("new", "says"),
    [
        (LOG.public, "by one never used"),
        (OTHER_LOG.public, "no key of this log"),
        (replace(NEW.public, type=KeyType.WITNESS), "no key of this log"),
        (replace(NEW.public, key=b"\1" + bytes(31)), "no key of this log"),
    ],
)
def test_the_new_key_must_be_a_key_of_this_log(ledger: Ledger, new: object, says: str) -> None:
    made = rotate(LOG, new, state(ledger), "x")  # type: ignore[arg-type]
    assert says in refused(ledger, made, ANA, BEA)


def test_a_key_that_ended_comes_never_back(ledger: Ledger) -> None:
    after = changed(ledger)
    append(after, vote(10, ANA))
    assert "by one never used" in refused(after, rotate(NEW, LOG.public, state(after), "x"), ANA, BEA)
    assert "does not replace the log's key in use" in refused(
        after, rotate(LOG, THIRD.public, state(after), "x"), ANA, BEA
    )


def test_it_may_change_a_third_time_and_only_from_the_last_key(ledger: Ledger) -> None:
    last = changed(changed(changed(ledger), old=NEW, new=THIRD), old=THIRD, new=FOURTH)
    exported = export(last.snapshot())
    assert [faults(exported, key) for key in (LOG, NEW, THIRD, FOURTH)] == [[], [], [], []]
    for key in (LOG, NEW, THIRD):
        again = rotate(key, FIFTH.public, state(last), "x")
        assert "does not replace the log's key in use" in refused(last, again, ANA, BEA)


def test_the_keys_of_a_chain_by_size() -> None:
    before = Checkpoint(origin=LOG.name, size=5, root="ab" * 32)
    chain = (Rotation(before, LOG.public, NEW.public),
             Rotation(before.model_copy(update={"size": 9}), NEW.public, THIRD.public))  # fmt: skip
    for trusted in (LOG, NEW, THIRD):
        at = [LogKeys(trusted.public, chain).at(size) for size in (0, 6, 7, 10, 11, 99)]
        assert at == [key.public for key in (LOG, LOG, NEW, NEW, THIRD, THIRD)]
    assert LogKeys(OTHER_LOG.public, chain).at(7) == OTHER_LOG.public
    assert LogKeys(LOG.public).at(7) == LOG.public


def test_other_statements_are_no_change(ledger: Ledger) -> None:
    assert read_rotation(enrol(EVE.public_key)) is None
    made = rotate(LOG, NEW.public, state(ledger), "x")
    assert read_rotation(made) == Rotation(state(ledger), LOG.public, NEW.public)
    for wrong in ({"reason": ""}, {"new": "?"}, {"by_old": "?"}, {"before": {}}, {"more": 1}):
        spoiled = made.model_copy(update={"predicate": {**made.predicate, **wrong}})
        assert read_rotation(spoiled) is None


def test_witness_and_restore_go_on_across_the_change(ledger: Ledger, tmp_path: Path) -> None:
    coach = Witness(WITNESS, tmp_path / "coach")
    cosign(ledger, coach, 0, seconds(START))
    after = changed(ledger)
    cosign(after, coach, 5, seconds(START))
    append(after, vote(10, ANA))
    exported = export(after.snapshot())
    trust = Trust(NEW.public, (WITNESS.public,))
    verified = verify_ledger(exported, trust, TODAY)
    assert verified.findings == ()
    made = restore(f"sqlite:///{tmp_path}/again.sqlite", exported, verified, trust)
    assert export(made.snapshot()) == exported
