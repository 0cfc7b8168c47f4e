"""A database made again from an export is the same ledger: it verifies, and it goes on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from civic_ai.core.errors import RefusedError
from civic_ai.review.ledger import open_ledger
from civic_ai.review.ledger_database import check_database
from civic_ai.review.ledger_export import export
from civic_ai.review.ledger_restore import restore
from civic_ai.review.ledger_trust import Trust
from civic_ai.review.ledger_verification import verify_ledger
from civic_ai.review.witness import Witness
from tests.unit.review.made_ledger import (
    ANA,
    LOG,
    START,
    TRUST,
    WITNESS,
    append,
    cosign,
    found,
    history,
    seconds,
    vote,
)

TODAY = START + timedelta(days=1)


def test_the_drill(tmp_path: Path) -> None:
    exported = history(tmp_path, 20)
    url = f"sqlite:///{tmp_path}/again.sqlite"
    made = restore(url, exported, verify_ledger(exported, TRUST, TODAY), TRUST)
    assert export(made.snapshot()) == exported
    assert check_database(url, LOG.public) == ()
    ledger = open_ledger(url, LOG)
    append(ledger, vote(99, ANA))
    cosign(ledger, Witness(WITNESS, tmp_path / "coach"), 15, seconds(TODAY))
    assert verify_ledger(export(ledger.snapshot()), TRUST, TODAY).findings == ()


def test_of_a_checkpoint_that_is_the_witnessed_one(tmp_path: Path) -> None:
    ledger = found(tmp_path)
    cosign(ledger, Witness(WITNESS, tmp_path / "coach"), 0, seconds(START))
    exported = export(ledger.snapshot())
    verified = verify_ledger(exported, TRUST, TODAY)
    made = restore(f"sqlite:///{tmp_path}/again.sqlite", exported, verified, TRUST)
    assert export(made.snapshot()) == exported


def test_only_what_is_good_and_only_where_none_stands(tmp_path: Path) -> None:
    exported = history(tmp_path, 12)
    altered = replace(exported, entries=exported.entries[:-40])
    with pytest.raises(RefusedError, match="truncated"):
        restore(f"sqlite:///{tmp_path}/again.sqlite", altered, verify_ledger(altered, TRUST, TODAY), TRUST)
    assert not (tmp_path / "again.sqlite").exists()
    good = verify_ledger(exported, Trust(LOG.public), TODAY)
    with pytest.raises(RefusedError, match="stands here already"):
        restore(f"sqlite:///{tmp_path}/ledger.sqlite", exported, good, TRUST)
