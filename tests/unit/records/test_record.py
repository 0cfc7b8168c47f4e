from __future__ import annotations

import importlib
import inspect
import pkgutil

import pytest
from pydantic import BaseModel, ValidationError

import civic_ai.records
from civic_ai.core.canonical import canonical_json, digest_of_bytes
from civic_ai.records.figure import Figure, Period
from civic_ai.records.gates import GateCheck, GateReport
from civic_ai.records.record import Explained, Record, flatten

KINDS = sorted(
    {
        kind
        for module in pkgutil.iter_modules(civic_ai.records.__path__)
        for _, kind in inspect.getmembers(
            importlib.import_module(f"civic_ai.records.{module.name}"), inspect.isclass
        )
        if issubclass(kind, Record) and kind not in (Record, Explained)
    },
    key=lambda kind: kind.__name__,
)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_noun_is_closed_frozen_and_said(kind: type[Record]) -> None:
    assert kind.model_config["extra"] == "forbid"
    assert kind.model_config["frozen"]
    assert kind.__doc__
    assert set(kind.named_by) <= set(kind.model_fields)


NOT_SEALED = {"civic_ai.records.action", "civic_ai.records.ledger", "civic_ai.records.sent"}
"""What people do stands on the ledger with its moment, where a dossier went stands in the workspace: beside
the dossier, never in it."""


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if kind.__module__ not in NOT_SEALED], ids=lambda kind: kind.__name__
)
def test_no_noun_that_is_sealed_holds_a_clock_a_host_or_a_person(kind: type[Record]) -> None:
    forbidden = {"at", "host", "hostname", "user", "created_at", "run_id", "folder"}
    assert not forbidden & set(kind.model_fields)


def test_the_digest_follows_every_field() -> None:
    figure = Figure(
        value=1.0, lower=0.5, upper=1.5, n=10, period=Period(first="2018-01-01", last="2018-12-31")
    )
    changed = [
        figure.model_copy(update={"value": 1.1}),
        figure.model_copy(update={"lower": None}),
        figure.model_copy(update={"n": 11}),
        figure.model_copy(update={"period": None}),
        figure.model_copy(update={"why_missing": "x"}),
    ]
    assert len({figure.digest, *(Figure(**item.model_dump()).digest for item in changed)}) == 6


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_what_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(ValidationError):
        Figure(value=value, n=1)


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(ValidationError):
        Figure(value=1.0, n=1, colour="red")


def report() -> GateReport:
    check = GateCheck(gate="calibrated", fact="a.b", observed=None, must_be="== pass", verdict="unknown")
    return GateReport(
        evidence="e", policy="p", checks=(check,), passed=0, failed=0, unknown=1, is_ready=False
    )  # fmt: skip


def test_flattening_names_every_scalar_by_its_path() -> None:
    facts = dict(flatten(report(), "gates"))
    assert facts["gates.checks.calibrated.verdict"] == "unknown"
    assert facts["gates.checks.calibrated.observed"] is None
    assert facts["gates.checks.count"] == 1
    assert facts["gates.is_ready"] is False


def test_a_part_without_a_name_goes_by_its_position() -> None:
    class Holder(Record):
        """Two figures."""

        figures: tuple[Figure, ...]
        words: tuple[str, ...]

    held = Holder(figures=(Figure(value=1.0, n=1), Figure(value=2.0, n=2)), words=("a", "b"))
    facts = dict(flatten(held, "x"))
    assert (facts["x.figures.0.value"], facts["x.figures.1.n"], facts["x.words.1"]) == (1.0, 2, "b")


def test_a_changed_copy_has_a_digest_of_its_own() -> None:
    """Also where the first one's digest was asked for before."""
    from civic_ai.records.figure import Figure

    first = Figure(value=1.0, n=1)
    before = first.digest
    changed = first.model_copy(update={"n": 2})
    assert changed.digest == Figure(value=1.0, n=2).digest != before
    assert first.digest == before


def test_what_was_read_is_named_by_what_was_read() -> None:
    """A field that came later, with a default, renames nothing that was sealed or signed before."""
    written = canonical_json({"value": 1.0, "n": 1})  # before figures had intervals and levels
    figure = Figure.from_json(written)
    assert figure == Figure(value=1.0, n=1)
    assert (figure.to_json(), figure.digest) == (written, digest_of_bytes(written))
    changed = figure.model_copy(update={"n": 2})
    assert changed.to_json() == Figure(value=1.0, n=2).to_json()


@pytest.mark.parametrize(
    ("content", "spelt"),
    [
        (b'{"n":1,"value":1}', True),
        (b'{"n":1,"value":1.0}', False),
        (b'{"n": 1,"value":1}', False),
        (b'{"value":1,"n":1}', False),
        (b'{"n":"1","value":1}', False),
        (b'{"n":1,"n":1,"value":1}', False),
    ],
)
def test_a_record_has_one_spelling(content: bytes, spelt: bool) -> None:
    assert Figure.model_validate_json(content).spells(content) == spelt


def test_a_copy_is_what_pydantic_would_make_of_it_and_names_itself() -> None:
    made = Figure.from_json(Figure(value=1.0, n=10).to_json())
    assert made.digest
    for update in ({}, {"n": 11}, {"value": None, "why_missing": "x"}):
        for deep in (False, True):
            copy = made.model_copy(update=update, deep=deep)
            assert copy == BaseModel.model_copy(made, update=update)
            assert copy.digest == Figure(**copy.model_dump()).digest
            assert copy.to_json() == Figure(**copy.model_dump()).to_json()
            assert Figure.model_validate(copy.model_copy()) == copy
