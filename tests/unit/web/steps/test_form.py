"""The form of a step: mistakes at their fields, nothing typed lost, nothing entered."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from civic_ai.web.desk import Desk
from civic_ai.web.drafts.models import Draft
from tests.unit.review.made_office import PILOT, TO_APPROVAL, take
from tests.unit.web.made_desk import reader


@pytest.fixture
def reviewed(desk: Desk) -> Desk:
    for kind, by, role, given in TO_APPROVAL[:4]:
        take(desk.office, kind, by, role, **given)
    return desk


def test_a_mistake_stands_at_its_field_and_at_the_top(reviewed: Desk) -> None:
    typed = {"reason": "", "findings.0.text": "the <map> is old"}
    response = reader("tec").post(f"/cases/{PILOT}/steps/review/", typed)
    page = response.content.decode()
    assert response.status_code == 422
    assert '<a href="#reason">Reason: is missing</a>' in page
    assert '<a href="#findings.0.severity">How grave: is missing</a>' in page
    assert 'id="reason-wrong"' in page
    assert "the &lt;map&gt; is old" in page
    assert Draft.objects.count() == 0


def test_what_to_do_stands_beside_what_is_wrong(desk: Desk) -> None:
    for kind, by, role, given in TO_APPROVAL:
        if kind == "post_notice":
            break
        take(desk.office, kind, by, role, **given)
    sent = {"notice": SimpleUploadedFile("x.zip", b"PK\x03\x04\x00")}
    page = reader("off").post(f"/cases/{PILOT}/steps/post_notice/", sent).content.decode()
    assert "the file is no PDF, PNG, JPEG or plain text. Save it as PDF" in page


def test_a_case_without_a_name_is_asked_for_it(desk: Desk) -> None:
    page = reader("ona").post("/cases/new/steps/open_case/", {"pilot": " "}).content.decode()
    assert '<a href="#pilot">Pilot: is missing</a>' in page


def test_more_rows_keep_what_was_typed(reviewed: Desk) -> None:
    typed = {"findings.0.text": "kept", "reason": "kept too", "more": "findings"}
    page = reader("tec").post(f"/cases/{PILOT}/steps/review/", typed).content.decode()
    assert "kept</textarea>" in page
    assert "kept too</textarea>" in page
    assert 'name="findings.4.text"' in page
    assert Draft.objects.count() == 0


def test_a_refusal_of_the_domain_layer_is_said_with_its_remedy(reviewed: Desk) -> None:
    page = reader("off").post(f"/cases/{PILOT}/steps/declare_conflict/", {"person": "dee", "reason": "r"})
    assert page.status_code == 302
    take(reviewed.office, "declare_conflict", "off", "governance_officer", person="dee")
    again = reader("off").post(f"/cases/{PILOT}/steps/declare_conflict/", {"person": "dee", "reason": "r"})
    assert again.status_code == 422
    assert "dee has left this case already. Nothing is to be done." in again.content.decode()


def test_fields_that_nobody_may_type_are_not_read(reviewed: Desk) -> None:
    typed = {"text": "x", "by": "off", "at": "2020-01-01", "role": "chair", "answered": "A01"}
    where = reader("coa").post(f"/cases/{PILOT}/steps/comment/", typed).headers["Location"]
    action = Draft.objects.get(pk=where.split("/")[2]).action
    assert action is not None
    assert (action.by, action.role, action.at, action.answered) == ("coa", "coach", reviewed.today(), ())


def test_a_draft_is_its_makers_alone(reviewed: Desk) -> None:
    where = reader("coa").post(f"/cases/{PILOT}/steps/comment/", {"text": "x"}).headers["Location"]
    assert reader("coa").get(where).status_code == 200
    for address in (where, f"{where}statement.json"):
        assert reader("off").get(address).status_code == 404
    assert reader("off").post(where, {"way": "file"}).status_code == 404


def test_a_statement_is_changed_in_the_form_as_it_was_filled_in(reviewed: Desk) -> None:
    typed = {"reason": "the <map>\nis old", "findings.0.text": "odd", "findings.0.severity": "major",
             "findings.1.text": "worse", "findings.1.severity": "minor"}  # fmt: skip
    client, step = reader("tec"), f"/cases/{PILOT}/steps/review/"
    page = client.get(client.post(step, typed).headers["Location"]).content.decode()
    back = f"{step}?draft={Draft.objects.get().pk}"
    assert f'href="{back}"' in page
    shown = client.get(back).content.decode()
    for said in (
        "the &lt;map&gt;\nis old</textarea>",
        "odd</textarea>",
        "worse</textarea>",
        'id="findings.0.severity-major" value="major" checked',
        'value="minor" checked',
    ):
        assert said in shown
    assert "the &lt;map" not in reader("off").get(back.replace("review", "comment")).content.decode()


@pytest.mark.parametrize("named", ["", "x", "-1", "9" * 30, "99999"])
def test_a_draft_that_is_not_there_is_an_empty_form(reviewed: Desk, named: str) -> None:
    assert reader("tec").get(f"/cases/{PILOT}/steps/review/?draft={named}").status_code == 200


def test_nobody_reads_the_draft_of_another_in_a_form(reviewed: Desk) -> None:
    reader("coa").post(f"/cases/{PILOT}/steps/comment/", {"text": "not yet said"})
    named = f"?draft={Draft.objects.get().pk}"
    assert "not yet said" in reader("coa").get(f"/cases/{PILOT}/steps/comment/{named}").content.decode()
    assert "not yet said" not in reader("tec").get(f"/cases/{PILOT}/steps/comment/{named}").content.decode()


def test_a_case_that_is_about_to_be_opened_keeps_its_people(desk: Desk) -> None:
    typed = {
        "pilot": "lamps",
        "people.0.person": "ona",
        "people.0.role": "owner",
        "people.1.person": "com",
        "people.1.role": "member",
        "people.1.is_community": "true",
        "people.2.person": "off",
        "people.2.role": "governance_officer",
    }
    client = reader("ona")
    assert client.post("/cases/new/steps/open_case/", typed).status_code == 302
    shown = client.get(f"/cases/new/steps/open_case/?draft={Draft.objects.get().pk}").content.decode()
    assert 'id="pilot" value="lamps"' in shown
    assert 'id="people.1.is_community" value="true" checked' in shown
    assert '<option value="com" selected>' in shown


def test_a_kind_that_there_is_not_is_no_page(reviewed: Desk) -> None:
    assert reader("off").get(f"/cases/{PILOT}/steps/approve/").status_code == 404


def test_small_numbers_that_the_public_would_read_are_confirmed_first(desk: Desk) -> None:
    for kind, by, role, given in TO_APPROVAL[:9]:
        take(desk.office, kind, by, role, **given)
    typed = {"verdict": "approve", "reason": "Only 3 families were missed."}
    refused = reader("mem").post(f"/cases/{PILOT}/steps/vote/", typed)
    assert refused.status_code == 422
    assert "the count 3 may point at a person" in refused.content.decode()
    assert 'name="numbers-checked"' in refused.content.decode()
    confirmed = reader("mem").post(f"/cases/{PILOT}/steps/vote/", typed | {"numbers-checked": "yes"})
    assert confirmed.status_code == 302


def test_a_mistake_in_a_condition_leads_to_the_conditions(desk: Desk) -> None:
    for kind, by, role, given in TO_APPROVAL[:12]:
        take(desk.office, kind, by, role, **given)
    typed = {"verdict": "approve", "reason": "yes", "conditions.0.text": "Ask the 3 families.",
             "conditions.0.owner": "ona", "conditions.0.due_on": "2026-02-01", "conditions.0.proof": "p",
             "conditions.0.if_missed": "report"}  # fmt: skip
    refused = reader("cha").post(f"/cases/{PILOT}/steps/close_vote/", typed)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert '<a href="#conditions">Conditions: the public will read this, and the count 3' in page
    assert 'id="conditions"' in page


def test_a_group_says_its_hint_and_what_is_wrong_with_it(desk: Desk) -> None:
    for kind, by, role, given in TO_APPROVAL[:12]:
        take(desk.office, kind, by, role, **given)
    form = reader("cha").get(f"/cases/{PILOT}/steps/close_vote/").content.decode()
    assert "What else it binds is read from the dossier." in form
    typed = {"verdict": "approve", "reason": "yes", "expires_on": "2026-06-01"}
    page = reader("cha").post(f"/cases/{PILOT}/steps/close_vote/", typed).content.decode()
    assert '<a href="#binding">' in page
    assert 'id="binding-wrong"' in page


def test_a_form_with_nothing_to_fill_says_so(desk: Desk) -> None:
    for kind, by, role, given in TO_APPROVAL[:6]:
        take(desk.office, kind, by, role, **given)
    assert (
        "There is nothing to fill in."
        in reader("off").get(f"/cases/{PILOT}/steps/hand_to_board/").content.decode()
    )
    assert (
        "There is nothing to fill in."
        not in reader("off").get(f"/cases/{PILOT}/steps/comment/").content.decode()
    )


def test_who_votes_reads_what_the_question_is(desk: Desk) -> None:
    for kind, by, role, given in TO_APPROVAL[:9]:
        take(desk.office, kind, by, role, **given)
    page = reader("cha").get(f"/cases/{PILOT}/steps/vote/").content.decode()
    assert '<p class="desk-lead">May it be tried in a pilot?' in page
    assert "desk-lead" not in reader("cha").get(f"/cases/{PILOT}/steps/comment/").content.decode()


def test_mistakes_stand_in_the_order_of_their_fields_and_nothing_else_is_asked(desk: Desk) -> None:
    for kind, by, role, given in TO_APPROVAL[:9]:
        take(desk.office, kind, by, role, **given)
    page = reader("cha").post(f"/cases/{PILOT}/steps/vote/", {}).content.decode()
    assert page.index('href="#verdict"') < page.index('href="#reason"')
    assert "numbers-checked" not in page
