"""The twin tells each fact of each card once for each wording, with the value that the page rests on."""

from __future__ import annotations

import json

import pytest

from civic_ai.cards.twin import twin

PAGE = (
    b'<p>1 of <data class="fact" data-fact="a.n" value="2">2</data>, '
    b'<data class="fact" data-fact="a.n" value="2">2</data> or '
    b'<data class="fact" data-fact="a.n" value="2">two</data>, '
    b'must be <data class="limit" value="3">3</data>, '
    b'<time class="fact" data-fact="a.on" datetime="2026-01-02">2 &aacute;</time></p>'
)


def test_every_fact_with_its_value_and_words_and_nothing_else() -> None:
    told = json.loads(
        twin({"card": PAGE}, {"a.n": 2, "a.on": "2026-01-02"}, language="es", audience="public")
    )
    assert told == {
        "schema": "cards/1",
        "language": "es",
        "audience": "public",
        "cards": {
            "card": [
                {"fact": "a.n", "value": 2, "words": "2"},
                {"fact": "a.n", "value": 2, "words": "two"},
                {"fact": "a.on", "value": "2026-01-02", "words": "2 á"},
            ]
        },
    }


def test_a_fact_that_nobody_measured_cannot_be_told() -> None:
    with pytest.raises(KeyError):
        twin({"card": PAGE}, {"a.n": 2}, language="es", audience="public")
