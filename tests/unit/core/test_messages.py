from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from civic_ai.core import messages
from civic_ai.core.messages import (
    N_,
    governance_folder,
    in_other_language,
    say,
    say_count,
    shipped_folder,
    translate,
    written_date,
)
from civic_ai.records.text import Text

CATALOGUE = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "in {place}"
msgstr "en {place}"

msgid "{count} gate fails"
msgid_plural "{count} gates fail"
msgstr[0] "falla {count} condición"
msgstr[1] "fallan {count} condiciones"
"""


@pytest.fixture
def spanish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "locale").mkdir()
    (tmp_path / "locale" / "es.po").write_text(CATALOGUE)
    monkeypatch.setattr(messages, "governance_folder", lambda: tmp_path)
    messages.catalogue.cache_clear()
    yield
    messages.catalogue.cache_clear()


@pytest.mark.usefixtures("spanish")
def test_a_sentence_is_said_in_the_language_of_the_reader() -> None:
    message = say("in {place}", place="pilot.yaml:3")
    assert message.text("es") == "en pilot.yaml:3"
    assert message.text("en") == str(message) == "in pilot.yaml:3"


@pytest.mark.usefixtures("spanish")
def test_a_message_inside_a_message_is_translated_too() -> None:
    assert say("in {place}", place=say("in {place}", place="x")).text("es") == "en en x"


def test_a_day_is_written_out_as_the_reader_writes_it() -> None:
    said = say("{first}, {rest}", first=date(2026, 11, 22), rest=(date(2027, 1, 2), "x"))
    assert said.text() == "November 22, 2026, January 2, 2027, x"
    assert said.text("es") == "22 de noviembre de 2026, 2 de enero de 2027, x"
    assert said.text("pt") == "22 de novembro de 2026, 2 de janeiro de 2027, x"
    assert written_date(date(2026, 11, 22), "es_CO") == "22 de noviembre de 2026"


def test_a_moment_is_written_out_to_the_second() -> None:
    said = say("in {place}", place=datetime(2026, 11, 22, 9, 0, 1, 5, UTC))
    assert said.text().replace("\u202f", " ") == "in November 22, 2026, 9:00:01 AM UTC"
    assert said.text("es").endswith("22 de noviembre de 2026, 9:00:01 UTC")


@pytest.mark.usefixtures("spanish")
def test_several_messages_and_a_citys_own_text_fill_a_place_in_the_readers_language() -> None:
    listed = say("in {place}", place=(say("in {place}", place="x"), "y"))
    assert listed.text("es") == "en en x, y"
    assert say("in {place}", place=Text(en="the city", es="la ciudad")).text("es") == "en la ciudad"


@pytest.mark.usefixtures("spanish")
@pytest.mark.parametrize(("number", "expected"), [(1, "falla 1 condición"), (3, "fallan 3 condiciones")])
def test_the_plural_follows_the_number(number: int, expected: str) -> None:
    assert say_count("{count} gate fails", "{count} gates fail", number, count=number).text("es") == expected


@pytest.mark.usefixtures("spanish")
def test_what_is_not_translated_stays_english() -> None:
    assert translate("never seen", "es") == "never seen"
    assert translate("in {place}", "pt") == "in {place}"


def test_a_marked_sentence_is_unchanged() -> None:
    assert N_("one") == "one"


def test_the_folders_of_the_checkout_are_found() -> None:
    assert (governance_folder() / "policy.yaml").is_file()
    assert (shipped_folder("pilots") / "example-potholes").is_dir()


def test_a_place_that_nothing_fills_is_told_where_the_sentence_is_made() -> None:
    assert str(say("{seconds:g} of {{braces}}", seconds=1.0, more=2)) == "1 of {braces}"
    with pytest.raises(AssertionError, match="a place stays empty: Only"):
        say("Only {one} of {two}", one=1)


def test_a_sentence_of_ours_is_found_again_in_another_language() -> None:
    assert in_other_language("Uso y mal uso", "es", "en") == "Use and misuse"
    assert in_other_language("Use and misuse", "en", "es") == "Uso y mal uso"
    assert in_other_language("Uso y mal uso", "es", "pt") == translate("Use and misuse", "pt")
    assert in_other_language("Nobody ever wrote this", "es", "en") is None
    assert in_other_language("Nobody ever wrote this", "en", "es") is None
