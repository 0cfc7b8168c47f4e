"""A draft keeps its statement byte for byte."""

from __future__ import annotations

from civic_ai.review.keys import enrol
from civic_ai.web.accounts.models import Member
from civic_ai.web.desk import Desk
from civic_ai.web.drafts.models import Draft
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
