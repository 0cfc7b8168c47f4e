from __future__ import annotations

import json
from pathlib import Path

import pytest

from civic_ai.core.canonical import canonical_json
from civic_ai.review.keys import revoke
from civic_ai.web.ledger_view import shown
from tests.unit.review.made_case import COMMUNITY, PEOPLE
from tests.unit.review.made_ledger import key_file, said
from tests.unit.review.made_office import PILOT, office_in, take


def test_an_entry_is_told_by_its_words_signers_and_digests(tmp_path: Path) -> None:
    office = office_in(tmp_path)
    taken = take(office, "open_case", "ona", "owner", people=PEOPLE, community=COMMUNITY)
    with office.ledger.writing() as book:
        book.append(said(revoke(key_file("mem").public_key.id, "lost"), key_file("off")))
    lines, register = office.ledger.snapshot().lines, office.ledger.register()
    found = shown(lines, 0, register)
    assert [one.number for one in found] == list(range(len(lines)))
    step = found[taken.entry.number]
    assert (step.says.text(), step.pilot, step.names) == ("open the case", PILOT, ("ona",))
    assert step.statement == taken.step.statement
    assert canonical_json(json.loads(step.content)) == taken.entry.envelope.content
    assert (found[0].says.text(), found[0].pilot, found[0].names) == ("enrol a key", None, ("off",))
    assert found[-1].says.text() == "revoke a key"
    assert shown(lines[3:5], 3, register) == found[3:5]


def test_a_line_that_is_no_entry_is_refused(tmp_path: Path) -> None:
    office = office_in(tmp_path)
    with pytest.raises(ValueError, match=r"JSON|pattern"):
        shown([b"2026 nonsense"], 0, office.ledger.register())
