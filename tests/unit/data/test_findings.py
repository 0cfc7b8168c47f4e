from __future__ import annotations

import ast
from pathlib import Path

import pytest

import civic_ai.data
from civic_ai.data.findings import finding
from civic_ai.records.findings import DATA_FINDINGS, say_finding


def used_codes() -> set[str]:
    """Every literal code that the modules of this stage could find."""
    codes = set()
    for path in Path(civic_ai.data.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and node.value in DATA_FINDINGS and path.stem != "findings":
                codes.add(node.value)
    return codes


def test_each_sentence_is_used_and_none_is_missing() -> None:
    assert used_codes() == set(DATA_FINDINGS)


def test_counts_shares_and_values_fill_the_sentence() -> None:
    made = finding("gap", "requests", counted=(3, 12), values={"first": "2020-01-01", "last": "2020-01-03"})
    assert (made.count, made.share, made.severity) == (3, 0.25, "problem")
    assert (
        say_finding(made).text() == "No row at all from 2020-01-01 to 2020-01-03 (3 days) in a steady stream."
    )


def test_weights() -> None:
    assert [finding(code, "s").severity for code in ("static_source", "no_licence", "stale")] == [
        "note",
        "warning",
        "problem",
    ]
    assert finding("no_licence", "s").share is None


def test_a_code_without_a_sentence_cannot_be_found() -> None:
    with pytest.raises(KeyError):
        finding("something_else", "s")
