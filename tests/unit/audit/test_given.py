"""What an audit is given: units by their code, clusters by question, rows with an outcome."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from civic_ai.audit.given import matured, period_of, read_given
from civic_ai.core.errors import DataError
from civic_ai.records.figure import Period
from tests.unit.audit.city import AREAS, evaluated


def _rows(labels):
    return pa.table(
        {
            "unit": ["a", "b"],
            "as_of": pa.array([date(2024, 1, 8), date(2024, 1, 1)]),
            "candidate": ["m", "m"],
            "score": [0.5, 0.4],
            "label": pa.array(labels, pa.float64()),
        }
    )


def test_lists_without_any_outcome_are_refused():
    with pytest.raises(DataError, match="no test row has an outcome yet"):
        matured(_rows([None, None]), "m")
    with pytest.raises(DataError):
        matured(_rows([1, 0]), "another")


def test_only_rows_whose_outcome_is_known_are_looked_at():
    rows = matured(_rows([None, 1]), "m")
    assert rows["unit"].to_pylist() == ["b"]
    assert period_of(_rows([0, 1])) == Period(first=date(2024, 1, 1), last=date(2024, 1, 8))


def test_a_row_belongs_to_the_unit_of_its_name(tmp_path):
    made = evaluated(tmp_path)
    given = read_given(made.spec, made.evaluation, made.blobs)
    scored = given.scored(given.tested())
    known = ~np.isnan(made.rows["label"])
    np.testing.assert_array_equal(scored.unit, made.rows["unit"][known])
    np.testing.assert_array_equal(scored.score, made.rows["score"][known])


@pytest.mark.parametrize(
    ("question", "types", "together"),
    [("ranking", (), False), ("ranking", ("pothole",), True), ("demand", ("pothole",), True),
     ("cases", (), True), ("durations", (), True)],
)  # fmt: skip
def test_cases_and_types_are_resampled_with_their_area(tmp_path, question, types, together):
    made = evaluated(tmp_path)
    given = read_given(made.spec, made.evaluation, made.blobs)
    units = pa.table({"unit": ["u1", "u2", "u3", "u4"], "area": ["A", "B", "A", None]})
    panel = given.panel.model_copy(update={"question": question, "types": types})
    codes = replace(given, panel=panel, units=units).clusters
    assert (codes[0] == codes[2]) == together
    assert len(set(codes.tolist())) == (3 if together else 4)
    assert set(codes.tolist()) == set(range(codes.max() + 1))


def test_a_case_counts_once_however_many_people_live_around_it(tmp_path):
    language = {"from": "areas", "shares": {"major": "pop_major", "minor": "pop_minor"}, "of": "population",
                "reference_group": "major"}  # fmt: skip
    made = evaluated(tmp_path, spec={"audit": {"attributes": {"language": language}}})
    given = read_given(made.spec, made.evaluation, made.blobs)
    assert given.groupings[0].weighted_by == "population"
    cases = replace(given, panel=given.panel.model_copy(update={"question": "cases"}))
    assert cases.groupings[0].weighted_by is None
    np.testing.assert_array_equal(cases.groupings[0].residents, np.ones(AREAS))
    np.testing.assert_allclose(cases.groupings[0].weights, cases.groupings[0].shares)


def test_units_of_one_type_have_one_code_and_without_types_all_have(tmp_path):
    made = evaluated(tmp_path)
    given = read_given(made.spec, made.evaluation, made.blobs)
    for types, codes in ((["tree", "light", "tree"], [1, 0, 1]), ([None] * 3, [0, 0, 0])):
        units = pa.table({"unit": ["u1", "u2", "u3"], "type": pa.array(types, pa.string())})
        assert replace(given, units=units).types.tolist() == codes
