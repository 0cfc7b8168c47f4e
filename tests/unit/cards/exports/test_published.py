"""Only what everybody may read goes into an export; what is empty and what cannot be held is named."""

from __future__ import annotations

import pytest

from civic_ai.cards.exports.published import as_json, publish, written
from civic_ai.cards.pilot_record import Declared, record_of
from civic_ai.cards.sealed import read_sealed
from civic_ai.core.errors import RefusedError
from tests.unit.cards.made_city import City
from tests.unit.cards.made_published import TOKENS, WALK, made_folder, publish_made


def test_a_record_for_the_board_is_not_published() -> None:
    board, public = (read_sealed(made_folder(City()), audience) for audience in ("board", "public"))
    for_board, for_public = (record_of(sealed, Declared(), WALK) for sealed in (board, public))
    for record, sealed in ((for_board, board), (for_board, public), (for_public, board)):
        with pytest.raises(RefusedError, match="for the board"):
            publish(record, sealed, WALK, "en")
    assert publish(for_public, public, WALK, "en").record == for_public


def test_what_it_says_of_itself_names_record_and_gaps() -> None:
    published = publish_made({"A01": "Potholes"})
    about = published.about("x", frozenset({"A01", "A02", "B07"}))
    assert about["record"] == published.record.digest
    assert about["dossier"] == published.sealed.manifest.digest
    assert about["cannot_hold"] == [name for name in WALK.fields if name not in {"A01", "A02", "B07"}]
    assert about["empty"] == ["A02"]


def test_the_title_is_the_citys_answer_else_the_pilots() -> None:
    assert publish_made({"A01": "Potholes"}).title == "Potholes"
    assert publish_made({}).title == "Which streets will need repair next month?"
    assert publish_made({}, language="es").title.startswith("¿Qué calles")


def test_facts_stand_as_text_with_how_many_more_there_are() -> None:
    text = publish_made(TOKENS).text("N03")
    assert text is not None
    assert text.count(" = ") == 12
    assert "; +" in text
    assert publish_made({}).texts("A01", "B07", "A02") == [publish_made({}).text("B07")]


def test_the_metrics_are_the_champions_and_those_of_groups_as_the_public_may_see_them() -> None:
    published = publish_made({}, City(groups="small"))
    names = [(metric.name, metric.slice) for metric in published.metrics()]
    assert ("precision_at_capacity", None) in names
    hidden = [m for m in published.metrics() if m.slice == "income_quartile: q1"]
    assert hidden
    assert all(metric.figure.value is None for metric in hidden)


def test_values_are_written_as_machines_read_them() -> None:
    assert [written(value) for value in (True, 0.5, None, "a")] == ["true", "0.5", "null", "a"]
    assert as_json({"a": "ñ"}) == '{\n  "a": "ñ"\n}\n'.encode()
