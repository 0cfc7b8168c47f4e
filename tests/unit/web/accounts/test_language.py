"""The desk knows in which language somebody reads: that of the last sign-in, or the last choice."""

from __future__ import annotations

from civic_ai.web.accounts.models import Member
from civic_ai.web.desk import Desk
from tests.unit.web.made_desk import reader


def language_of(person: str) -> str:
    return Member.objects.get(person=person).language


def test_it_is_that_of_the_last_sign_in_and_of_the_last_choice(desk: Desk) -> None:
    assert language_of("ona") == ""
    client = reader("ona", "pt-BR,pt")
    client.post("/language/", {"language": "es", "next": "/"})
    assert language_of("ona") == "es"
    client.post("/language/", {"language": "xx", "next": "/"})
    assert language_of("ona") == "es"
    reader("off", "pt-BR,pt").get("/")
    assert (language_of("off"), language_of("cha")) == ("en", "")


def test_who_has_not_signed_in_has_no_language_to_keep(desk: Desk) -> None:
    assert reader(None).post("/language/", {"language": "es", "next": "/login/"}).status_code == 302
