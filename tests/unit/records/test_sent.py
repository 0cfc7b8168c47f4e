from __future__ import annotations

import pytest
from pydantic import ValidationError

from civic_ai.records.sent import SentRun


def test_it_is_read_as_it_was_written() -> None:
    sent = SentRun(run_id="a1", store="https://mlflow.example")
    assert SentRun.model_validate_json(sent.to_json()) == sent
    with pytest.raises(ValidationError):
        SentRun.model_validate({"run_id": "a1"})
