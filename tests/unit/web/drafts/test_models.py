"""A draft keeps its statement byte for byte."""

from __future__ import annotations

import pytest

from civic_ai.review.keys import enrol
from civic_ai.web.accounts.models import Member
from civic_ai.web.desk import Desk
from civic_ai.web.drafts import models
from civic_ai.web.drafts.models import Draft, Enclosure
from tests.unit.review.made_case import act, deed
from tests.unit.review.made_ledger import key_file
from tests.unit.review.made_office import PILOT, TO_APPROVAL, take


def test_a_draft_of_a_step_and_of_a_key(desk: Desk) -> None:
    take(desk.office, *TO_APPROVAL[0][:3], **TO_APPROVAL[0][3])
    action = act(deed("comment", "coa", "coach"))
    said = desk.office.prepare(PILOT, action)
    member = Member.objects.get(person="coa")
    step = Draft.objects.create(member=member, pilot=PILOT, content=said.to_json())
    again = Draft.objects.get(pk=step.pk)
    assert (again.statement, again.action) == (said, action)
    key = Draft.objects.create(member=member, content=enrol(key_file("Ana").public_key).to_json())
    assert Draft.objects.get(pk=key.pk).action is None


def test_a_member_can_leave_only_so_many_files_unsigned(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "MOST_WITH_FILES", 2)
    coach, officer = (Member.objects.get(person=person) for person in ("coa", "off"))
    said = enrol(key_file("Ana").public_key)
    others, plain = Draft.objects.keep(officer, said, PILOT, [b"x"]), Draft.objects.keep(coach, said)
    kept = [Draft.objects.keep(coach, said, PILOT, [b"a", b"b"]) for _ in range(3)]
    assert set(Draft.objects.values_list("pk", flat=True)) == {others.pk, plain.pk, kept[1].pk, kept[2].pk}
    assert Enclosure.objects.filter(draft=kept[1]).count() == 2
