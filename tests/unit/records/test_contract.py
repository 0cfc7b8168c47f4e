from __future__ import annotations

import pytest
from pydantic import ValidationError

from civic_ai.records.contract import ColumnContract, Contract, FileFormat, Freshness


def test_nothing_is_guessed_about_a_file() -> None:
    written = FileFormat()
    assert (written.delimiter, written.encoding, written.decimal, written.thousands) == (
        ",",
        "utf-8",
        ".",
        None,
    )


def test_a_blank_breaks_the_contract_unless_it_is_said_what_it_means() -> None:
    assert ColumnContract(type="text").blank == "refused"


@pytest.mark.parametrize("word", ["yes", "1", "True"])
def test_only_true_and_false_are_flags(word: str) -> None:
    with pytest.raises(ValidationError):
        ColumnContract(type="text", unique=word)
    assert ColumnContract(type="text", unique="true").unique is True


def test_a_contract_promises_at_least_one_column() -> None:
    with pytest.raises(ValidationError):
        Contract(about="x", columns={})
    with pytest.raises(ValidationError):
        Contract(about="x", columns={"a": {"type": "colour"}})
    assert Freshness(column="a", within_days=0).within_days == 0


def test_keys_are_named_once() -> None:
    columns = {"a": {"type": "text", "unique": "true"}, "b": {"type": "text"}}
    promise = Contract.model_validate({"about": "x", "columns": columns, "unique": [["a"], ["a", "b"]]})
    assert promise.unique_keys == [("a",), ("a", "b")]
