"""The reader's language: chosen, else the browser's, else English. Templates escape and hide no mistake."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.template import engines
from django.test import RequestFactory
from jinja2 import UndefinedError

from civic_ai.web.speech import COOKIE, language_of


@pytest.mark.parametrize(
    ("cookie", "browser", "spoken"),
    [
        ("es", "pt-BR,pt;q=0.9", "es"),
        ("xx", "pt-BR,pt;q=0.9", "pt"),
        ("", "fr, es-MX;q=0.8", "es"),
        ("", "fr", "en"),
        ("", "", "en"),
        ("../en", ";;;,,", "en"),
    ],
)
def test_the_language_of_a_page(cookie: str, browser: str, spoken: str) -> None:
    request = RequestFactory().get("/", headers={"Accept-Language": browser})
    request.COOKIES[COOKIE] = cookie
    assert language_of(request) == spoken


def rendered(source: str, language: str = "en", **known: object) -> str:
    return str(engines[language].from_string(source).render(known))


def test_what_a_sentence_quotes_is_escaped() -> None:
    assert rendered("{{ _('{x} here', x=x) }}", x="<b>") == "&lt;b&gt; here"
    assert rendered("{{ x }}", x="<b>") == "&lt;b&gt;"


def test_a_name_that_nobody_gave_is_a_mistake() -> None:
    with pytest.raises(UndefinedError):
        rendered("{{ forgotten }}")


def test_days_are_written_out() -> None:
    assert rendered("{{ day(d) }}", "es", d=date(2026, 11, 22)) == "22 de noviembre de 2026"
    assert rendered("{{ day(d) }}", "pt", d=datetime(2026, 11, 22, tzinfo=UTC)) == "22 de novembro de 2026"


def test_numbers_choose_their_form() -> None:
    source = "{{ say_count('One step', '{n} steps', n, n=n) }}"
    assert [rendered(source, n=n) for n in (1, 2)] == ["One step", "2 steps"]


def test_addresses_come_from_the_table_of_routes() -> None:
    assert rendered("{{ url('case', 'streets') }}") == "/cases/streets/"
