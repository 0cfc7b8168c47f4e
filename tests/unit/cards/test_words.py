from __future__ import annotations

import ast
from pathlib import Path
from typing import get_args

import civic_ai
from civic_ai.audit.audit import NOT_MEASURED, NOT_MEASURED_OF_LISTS
from civic_ai.audit.durations import DELAY_METRICS
from civic_ai.audit.metrics import METRICS as GROUP_METRICS
from civic_ai.cards import words
from civic_ai.evaluation.metrics import METRICS
from civic_ai.pilot.spec import BaselineName, CandidateName
from civic_ai.policy.load import load_policy
from civic_ai.records.figure import Verdict
from civic_ai.records.panel import Feature
from civic_ai.records.workflow_words import ROLES

SOURCE = Path(civic_ai.__file__).parent


def test_every_candidate_has_a_name() -> None:
    assert set(words.CANDIDATES) == {*_names(BaselineName), *_names(CandidateName)}


def _names(annotation: object) -> set[str]:
    """The literals of an annotation, however deep they stand."""
    inner = get_args(annotation)
    return {part for part in inner if isinstance(part, str)}.union(*map(_names, inner))


def test_every_metric_has_a_name() -> None:
    assert set(words.SCORES) == set(METRICS)
    assert set(words.GROUP_METRICS) == {*GROUP_METRICS, *DELAY_METRICS}


def test_every_verdict_has_a_word_a_sign_and_a_shape() -> None:
    assert set(words.VERDICTS) == set(words.SIGNS) == set(words.SHAPES) == set(get_args(Verdict))


def test_every_family_has_a_name() -> None:
    assert set(words.FAMILIES) == set(get_args(Feature.model_fields["family"].annotation))


def test_every_role_that_may_waive_has_a_name() -> None:
    assert {gate.waivable_by for gate in load_policy().gates} - {None} <= set(ROLES)


def test_every_gate_of_our_policy_says_what_was_seen() -> None:
    assert {gate.fact for gate in load_policy().gates} == set(words.SEEN)


def test_everything_that_is_not_measured_has_a_sentence() -> None:
    codes = {*NOT_MEASURED, *NOT_MEASURED_OF_LISTS, "bias_ratio"}
    assert set(words.NOT_MEASURED) == codes


def test_every_reason_for_a_missing_figure_has_a_sentence() -> None:
    """Each literal that our stages give as the reason stands in the table."""
    used = set()
    for path in sorted(SOURCE.rglob("*.py")):
        used |= {code for code in _reasons(ast.parse(path.read_text())) if code.isidentifier()}
    assert used
    assert used - set(words.MISSING) == set()


def _reasons(tree: ast.AST) -> set[str]:
    """Literals in ``missing("...")``, ``why_missing="..."`` and ``when_undefined="..."``."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id == "missing" and node.args:
                found |= _texts(node.args[0])
            for keyword in node.keywords:
                if keyword.arg in ("why_missing", "when_undefined"):
                    found |= _texts(keyword.value)
    return found


def _texts(node: ast.expr) -> set[str]:
    return {
        part.value
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    }


def test_the_rules_that_only_order_are_those_of_the_evaluation() -> None:
    from civic_ai.evaluation.scores import ORDERS

    assert words.ORDERS == ORDERS
