"""A letter says what and where, in the reader's language, and nothing that somebody else may not read."""

from __future__ import annotations

from civic_ai.records.action import ACTIONS
from civic_ai.web.notices import news
from civic_ai.web.notices.letter import HAPPENED, WAITS, letter
from civic_ai.web.notices.news import News

BOX, ADDRESS = "ona@city.example", "https://desk.city.example"
WAITING = News("ona", "streets", "submit", page="/cases/streets/")
ANSWER = News("ona", "streets", "answered", "7", "/cases/streets/threads/3/")
KEY = News("ona", "", "enrolled", "a" * 64, "/keys/")


def test_every_kind_of_news_has_words_of_one_sort() -> None:
    kinds = {news.SAID, news.ANSWERED, news.ASKED, news.ENROLLED, news.REVOKED}
    assert HAPPENED.keys() == kinds
    assert WAITS.keys() == {*ACTIONS, news.ENROL}
    assert not WAITS.keys() & HAPPENED.keys()


def test_a_reader_whose_language_is_known_gets_that_one() -> None:
    made = letter(BOX, "en", (ANSWER, KEY, WAITING), ADDRESS)
    assert made.box == BOX
    assert made.subject == "One step waits for you at the review desk"
    assert made.text == (
        "One step waits for you at the review desk:\n\n"
        "- streets: hand in a dossier\n  https://desk.city.example/cases/streets/\n\n"
        "2 things are new for you at the review desk:\n\n"
        "- streets: an answer to what you said\n  https://desk.city.example/cases/streets/threads/3/\n"
        "- your passkey can sign from now on\n  https://desk.city.example/keys/\n\n"
        "https://desk.city.example/\n"
    )


def test_another_reader_gets_all_of_them() -> None:
    other = News("ona", "lamps", "submit", page="/cases/lamps/")
    made = letter(BOX, "", (WAITING, other), ADDRESS)
    assert made.text.count(f"{ADDRESS}/\n") == 3
    assert made.subject.startswith("2 steps wait for you at the review desk / ")
    assert "entregar" in made.text
    assert "entregar" in letter(BOX, "es", (WAITING,), ADDRESS).text
    assert "hand in" not in letter(BOX, "es", (WAITING,), ADDRESS).text


def test_two_answers_in_one_thread_stand_once() -> None:
    other = News("ona", "streets", "answered", "8", "/cases/streets/threads/3/")
    made = letter(BOX, "en", (ANSWER, other), ADDRESS)
    assert made.text.count("threads/3/") == 1
    assert made.subject == "One thing is new for you at the review desk"
