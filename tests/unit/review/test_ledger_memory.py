from __future__ import annotations

from pathlib import Path

from civic_ai.review.ledger_memory import LedgerMemory
from tests.unit.review.made_ledger import LOG, OTHER_LOG


def test_it_remembers_the_last_checkpoint_of_each_log(tmp_path: Path) -> None:
    memory = LedgerMemory(tmp_path / "seen")
    assert memory.remembered(LOG.public) == ()
    for content in (b"one", b"two"):
        memory.keep(LOG.public, content)
    assert memory.remembered(LOG.public) == (b"two",)
    assert memory.remembered(OTHER_LOG.public) == ()
