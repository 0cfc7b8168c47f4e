"""Comments by section: who reads, who writes, who settles; in the card's language and in the reader's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from civic_ai.web.accounts.models import Member
from civic_ai.web.coaching.models import MOST_LETTERS, Remark
from civic_ai.web.desk import Desk
from tests.unit.cards.made_city import City
from tests.unit.review.made_office import PILOT, TO_APPROVAL, take
from tests.unit.web.made_desk import reader
from tests.unit.web.made_dossier import keep, sealed_city

CARD = (
    '<p class="band">Not ready</p><h2 id="use">{use}</h2><p>a unit has a score</p>'
    "<h2>Made up</h2><p>{place}</p>"
    '<h2 id="' + "u" * 100 + '">Longer than can be kept</h2>'
)
BODIES = {
    "en": CARD.format(use="Use and misuse", place="the horizon"),
    "es": CARD.format(use="Uso y mal uso", place="el horizonte"),
}


@pytest.fixture(scope="module")
def two_languages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dossier that does not speak Portuguese."""
    city = City(languages=("en", "es"))
    return sealed_city(tmp_path_factory.mktemp("two"), city, lambda audience, language: BODIES[language])


@pytest.fixture
def home(desk: Desk, two_languages: Path) -> str:
    """Where comments on the dossier stand, before it is handed in; what reviewers say is hidden."""
    begins = keep(desk, PILOT, two_languages)
    take(desk.office, *TO_APPROVAL[0][:3], **TO_APPROVAL[0][3])
    Member.objects.add("zoe", "zoe", None)
    return f"/cases/{PILOT}/comments/{begins}/"


def say(home: str, by: str, text: str, **more: str) -> int:
    """Comment on the use of the model; the status."""
    answer = reader(by).post(f"{home}model_card/", {"section": "use", "text": text, **more})
    return int(answer.status_code)


def page(address: str, person: str, language: str = "en") -> str:
    answer = reader(person, language).get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_comment_stands_below_its_section_and_is_answered_and_settled(home: str) -> None:
    assert say(home, "coa", "Who may leave the list?", **{"asks-change": "yes"}) == 302
    shown = page(f"{home}model_card/", "ona")
    use, made_up = shown.index('id="use"'), shown.index('id="section-2"')
    assert use < shown.index("Who may leave the list?") < made_up
    assert "One change is asked for" in page(home, "ona")
    (made,) = Remark.objects.all()
    thread = f"/cases/{PILOT}/threads/{made.pk}/"
    assert reader("ona").post(thread, {"text": "Crew chiefs.\r\nWe add it."}).status_code == 302
    assert "Crew chiefs.\nWe add it." in page(thread, "coa")
    assert reader("ona").post(thread, {"way": "settle"}).status_code == 403
    assert reader("coa").post(thread, {"way": "settle"}).status_code == 302
    assert "coa settled it on" in page(thread, "ona")
    assert "No change is asked for" in page(home, "ona")
    assert reader("coa").post(thread, {"way": "open"}).status_code == 302
    assert "One change is asked for" in page(home, "ona")


def test_a_form_that_was_sent_twice_is_said_once_and_the_same_words_later_again(home: str) -> None:
    for by in ("coa", "coa", "ona", "coa"):
        assert say(home, by, "Who may leave the list?") == 302
    first, *others = Remark.objects.order_by("pk")
    assert [each.by for each in (first, *others)] == ["coa", "ona", "coa"]
    for _ in range(2):
        assert reader("ona").post(f"/cases/{PILOT}/threads/{first.pk}/", {"text": "Yes."}).status_code == 302
    assert Remark.objects.filter(under=first).count() == 1


def test_who_reads_only_and_who_has_no_part_writes_nothing(home: str) -> None:
    say(home, "coa", "why?")
    (made,) = Remark.objects.all()
    thread = f"/cases/{PILOT}/threads/{made.pk}/"
    for person in ("aud", "zoe"):
        assert say(home, person, "mine") == 403
        for sent in ({"text": "mine"}, {"way": "settle"}):
            assert reader(person).post(thread, sent).status_code == 403
    assert [reader("zoe").get(at).status_code for at in (home, f"{home}model_card/", thread)] == [403] * 3
    assert "why?" in page(home, "aud")
    assert "<textarea" not in page(f"{home}model_card/?section=use", "aud")
    assert Remark.objects.count() == 1


def test_a_team_cannot_mark_a_change_as_needed(home: str) -> None:
    say(home, "ona", "we need this", **{"asks-change": "yes"})
    assert [each.asks_change for each in Remark.objects.all()] == [False]
    assert "asks-change" not in page(f"{home}model_card/?section=use", "ona")
    assert "asks-change" in page(f"{home}model_card/?section=use", "coa")


def test_while_reviews_are_blind_no_page_tells_of_a_reviewers_comment(home: str) -> None:
    say(home, "equ", "between us: it fails", **{"asks-change": "yes"})
    (made,) = Remark.objects.all()
    thread = f"/cases/{PILOT}/threads/{made.pk}/"
    before = {at: plain(page(at, "tec")) for at in (home, f"{home}model_card/", f"/cases/{PILOT}/")}
    assert not any("between us" in shown for shown in before.values())
    for sent in ({"text": "x"}, {"way": "settle"}):
        assert reader("coa").post(thread, sent).status_code == 404
    assert reader("tec").get(thread).status_code == 404
    assert "between us" in page(thread, "equ")
    Remark.objects.all().delete()
    assert {at: plain(page(at, "tec")) for at in before} == before, "not even a count may tell"


def plain(shown: str) -> str:
    """A page without what differs each time."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", shown)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("  \n ", "Nothing was written"),
        ("a\0b", "no keyboard"),
        ("x" * (MOST_LETTERS + 1), "at most 5000 fit"),
    ],
)
def test_what_cannot_be_said_comes_back_with_its_reason(home: str, text: str, says: str) -> None:
    answer = reader("coa").post(f"{home}model_card/", {"section": "use", "text": text})
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert Remark.objects.count() == 0


@pytest.mark.parametrize("number", ["0", "999", "9" * 30])
def test_a_thread_that_is_not_there_is_none(home: str, number: str) -> None:
    address = f"/cases/{PILOT}/threads/{number}/"
    assert reader("coa").get(address).status_code == 404
    assert reader("coa").post(address, {"text": "x"}).status_code == 404


@pytest.mark.parametrize("section", ["", "nowhere", "u" * 100])
def test_a_section_that_is_not_there_is_none(home: str, section: str) -> None:
    answer = reader("coa").post(f"{home}model_card/", {"section": section, "text": "x"})
    assert answer.status_code == 404


def test_what_was_typed_is_text_and_nothing_else(home: str) -> None:
    say(home, "coa", "<script>alert(1)</script> {{ 7 * 7 }}")
    for at in (home, f"{home}model_card/", f"/cases/{PILOT}/threads/{Remark.objects.get().pk}/"):
        assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7 * 7 }}" in page(at, "ona")


def test_a_card_in_another_language_has_its_headings_and_terms_in_the_readers(home: str) -> None:
    shown = page(f"{home}model_card/?in=es", "coa")
    assert "This card stands in Español; the desk speaks English to you" in shown
    assert "In your language this section is called: Use and misuse" in shown
    assert "horizonte" in shown
    assert re.search(r'lang="es">horizonte</th><td[^>]*>horizon</td>', shown)
    assert "This card stands in" not in page(f"{home}model_card/", "coa")
    assert "Use and misuse" in page(f"{home}model_card/", "coa", "pt"), "Portuguese was not sealed: the first"


def test_a_comment_says_in_which_language_it_was_written(home: str) -> None:
    reader("coa", "pt").post(f"{home}model_card/", {"section": "use", "text": "por quê?"})
    assert '<p class="desk-said" lang="pt" dir="auto">por quê?</p>' in page(f"{home}model_card/", "ona")
