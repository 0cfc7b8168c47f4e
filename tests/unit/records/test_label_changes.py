"""Facts of a label's change are named by its type and day."""

from datetime import date

from civic_ai.records.figure import Figure
from civic_ai.records.label_changes import LabelChange


def test_facts_are_named_by_stratum_and_day() -> None:
    day, figure = date(2014, 12, 1), Figure(value=0.2, n=40)
    change = LabelChange(on=day, earliest=day, latest=day, level=0.9, before=figure, after=figure, 
                         jump=figure, p_value=0.01)  # fmt: skip
    assert change.fact_key() == "2014-12-01"
    assert change.model_copy(update={"stratum": "pothole"}).fact_key() == "pothole.2014-12-01"
