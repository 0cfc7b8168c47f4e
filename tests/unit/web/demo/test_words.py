from __future__ import annotations

from pathlib import Path

from civic_ai.web.demo.ways import WAYS
from civic_ai.web.demo.words import WORDS

TAKING = Path(__file__).resolve().parents[4] / "src" / "civic_ai" / "web" / "demo" / "taking.py"


def test_each_sentence_is_written_in_three_languages_and_short() -> None:
    for name, said in WORDS.items():
        assert set(said) == {"en", "es", "pt"}, name
        assert len(set(said.values())) == 3, name
        assert all(len(sentence.split()) < 25 for text in said.values() for sentence in text.split(". ")), (
            name
        )


def test_no_sentence_is_left_over() -> None:
    said = {name for way in WAYS.values() for deed in way for name in deed.words.values()}
    code = TAKING.read_text("utf-8")
    assert {name for name in WORDS if name not in said and f'"{name}"' not in code} == {
        name for name in WORDS if name.startswith("waived-")
    }
