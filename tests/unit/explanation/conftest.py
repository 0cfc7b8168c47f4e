from __future__ import annotations

from collections.abc import Mapping

import pytest

from civic_ai.store.blobs import Blobs

from .judged import Judged, judge

KINDS = {
    "year_count": "count",
    "seasonal_index": "event",
    "poisson_glm": "count",
    "logistic_glm": "event",
    "lightgbm": "count",
    "lightgbm on events": "event",
}


@pytest.fixture(scope="session")
def champions(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Judged]:
    """One judged pilot for each kind of champion; made once, only read."""
    return {
        name: judge(Blobs(tmp_path_factory.mktemp("city")), name.split()[0], kind=kind)
        for name, kind in KINDS.items()
    }


@pytest.fixture(params=KINDS)
def judged(request: pytest.FixtureRequest, champions: Mapping[str, Judged]) -> Judged:
    return champions[request.param]
