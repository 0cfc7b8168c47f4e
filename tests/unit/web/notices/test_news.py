"""Who is told what: a team of its dossiers, a speaker of answers, a custodian and a holder of passkeys."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from civic_ai.review.keys import enrol, revoke
from civic_ai.review.steps import TEAM
from civic_ai.web.accounts.models import Member, Passkey
from civic_ai.web.coaching.listening import Listening
from civic_ai.web.coaching.models import Remark
from civic_ai.web.desk import Desk
from civic_ai.web.notices.news import FRESH, News, happened, waiting
from tests.unit.review.authenticator import Authenticator
from tests.unit.review.made_case import DIGESTS
from tests.unit.review.made_ledger import key_file, said
from tests.unit.review.made_office import PILOT, TO_APPROVAL, Calendar, take

DESK = {"relying_party": "testserver", "origin": "http://testserver"}


@pytest.fixture
def blind(desk: Desk) -> Desk:
    """First reviews are asked for, and blind."""
    for kind, by, role, given in TO_APPROVAL[:2]:
        take(desk.office, kind, by, role, **given)
    take(desk.office, "propose_level", "off", "governance_officer", level="III")
    take(desk.office, "confirm_level", "cha", "chair", level="III")
    return desk


def remark(desk: Desk, by: str, under: Remark | None = None, asks: bool = False) -> Remark:
    told = Listening(desk, PILOT, by).said(DIGESTS["A"], "en", "because")
    return Remark.objects.create(card="model_card", section="use", under=under, asks_change=asks, **told)


def told(desk: Desk) -> set[tuple[str, str, str]]:
    return {(each.person, each.kind, each.about) for each in happened(desk)}


def test_a_team_hears_of_comments_and_changes_and_a_speaker_of_answers(blind: Desk) -> None:
    asked, plain = remark(blind, "coa", asks=True), remark(blind, "off")
    answer = remark(blind, "ona", under=asked)
    again = remark(blind, "coa", under=asked)
    team = {holder.person for holder in blind.standing().case(PILOT).people if holder.role in TEAM}
    others = team - {"ona"}
    assert others
    every = [("asked", asked), ("said", plain), ("said", answer), ("said", again)]
    assert told(blind) == {
        *((person, kind, str(each.pk)) for person in others for kind, each in every),
        ("ona", "asked", str(asked.pk)),
        ("ona", "said", str(plain.pk)),
        ("ona", "answered", str(again.pk)),
        ("coa", "answered", str(answer.pk)),
    }
    pages = {each.page for each in happened(blind) if each.about in (str(answer.pk), str(again.pk))}
    assert pages == {f"/cases/{PILOT}/threads/{asked.pk}/"}


def test_a_blind_reviewer_is_told_of_by_nobody_before_the_others_are_in(blind: Desk) -> None:
    hidden = remark(blind, "equ", asks=True)
    answer = remark(blind, "coa", under=hidden)
    assert told(blind) == {("equ", "answered", str(answer.pk))}
    for by, role in (("tec", "technical_reviewer"), ("equ", "equity_reviewer"), ("pri", "privacy_reviewer")):
        take(blind.office, "review", by, role)
    assert ("ona", "asked", str(hidden.pk)) in told(blind)


def test_who_left_the_case_or_never_took_part_is_told_of_nothing(blind: Desk) -> None:
    first = remark(blind, "coa")
    remark(blind, "ona", under=first)
    remark(blind, "coa", under=first)
    assert "ona" in {person for person, *_ in told(blind)}
    assert "zoe" not in {person for person, *_ in told(blind)}
    take(blind.office, "declare_conflict", "ona", "owner", person="ona")
    assert "ona" not in {person for person, *_ in told(blind)}


def test_what_is_old_is_no_news(blind: Desk) -> None:
    made = remark(blind, "coa")
    Remark.objects.filter(pk=made.pk).update(said_at=timezone.now() - FRESH + timedelta(minutes=1))
    assert told(blind)
    Remark.objects.filter(pk=made.pk).update(said_at=timezone.now() - FRESH - timedelta(minutes=1))
    assert not told(blind)
    fresh = remark(blind, "coa")
    assert {about for *_, about in told(blind)} == {str(fresh.pk)}


def test_a_passkey_waits_for_custodians_and_its_holder_is_told_what_becomes_of_it(desk: Desk) -> None:
    key, custodian = Authenticator(holder="coa", **DESK).public_key, key_file("off")
    member = Member.objects.get(person="coa")
    Passkey.objects.create(member=member, credential="c", public=key.to_json().decode())
    waits = News("off", "", "enrol", key.id)
    assert waits in waiting(desk)
    assert not happened(desk)
    with desk.office.ledger.writing() as book:
        book.append(said(enrol(key), custodian))
    assert waits not in waiting(desk)
    assert happened(desk) == {News("coa", "", "enrolled", key.id)}
    with desk.office.ledger.writing() as book:
        book.append(said(revoke(key.id, "lost"), custodian))
    assert happened(desk) == {News("coa", "", kind, key.id) for kind in ("enrolled", "revoked")}
    calendar = desk.office.ledger.clock
    assert isinstance(calendar, Calendar)
    calendar.number += FRESH.days + 1
    assert not happened(desk)
