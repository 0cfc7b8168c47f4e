from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
import skops.io
from sklearn.dummy import DummyClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from civic_ai.core.errors import RefusedError
from civic_ai.models.skops_bytes import SCHEMA, TYPES, dump_estimator, load_estimator
from tests.unit.models.conftest import Fitted

NAMES = ["poisson_glm", "logistic_glm"]


def pipeline_of(fitted: Mapping[str, Fitted], name: str) -> Pipeline:
    return fitted[name].last.pipeline  # type: ignore[attr-defined]


def members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def forged(content: bytes, old: str, new: str) -> bytes:
    """The same file with one string of its schema replaced."""
    files = members(content)
    schema = files[SCHEMA].decode()
    assert old in schema
    return packed({**files, SCHEMA: schema.replace(old, new, 1).encode()})


@pytest.mark.parametrize("name", NAMES)
def test_plain_skops_is_not_stable_and_ours_is(name: str, fitted: Mapping[str, Fitted]) -> None:
    pipeline = pipeline_of(fitted, name)
    content = dump_estimator(pipeline)
    reread = load_estimator(content)
    assert skops.io.dumps(pipeline) != skops.io.dumps(reread), "skops writes memory addresses"
    assert dump_estimator(reread) == content


@pytest.mark.parametrize("name", NAMES)
def test_predictions_are_the_same_bit_for_bit(name: str, fitted: Mapping[str, Fitted]) -> None:
    pipeline = pipeline_of(fitted, name)
    matrix = fitted[name].rows.matrix
    assert (
        load_estimator(dump_estimator(pipeline)).predict(matrix).tobytes()
        == pipeline.predict(matrix).tobytes()
    )


def test_no_date_and_no_memory_address_is_left(fitted: Mapping[str, Fitted]) -> None:
    content = dump_estimator(pipeline_of(fitted, "poisson_glm"))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.namelist() == sorted(archive.namelist())
    assert all(len(name) < 10 for name in members(content) if name != SCHEMA)
    assert max(_ids(json.loads(members(content)[SCHEMA]))) < 10_000


def _ids(value: Any) -> list[int]:
    if isinstance(value, dict):
        own = [value["__id__"]] if "__id__" in value else []
        return own + [number for item in value.values() for number in _ids(item)]
    return [number for item in value for number in _ids(item)] if isinstance(value, list) else []


SCRIPT = """
import numpy as np
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from civic_ai.core.canonical import digest_of_bytes
from civic_ai.models.skops_bytes import dump_estimator
x = np.arange(12.0).reshape(6, 2)
digest = digest_of_bytes(dump_estimator(Pipeline([("scale", StandardScaler().fit(x))])))
"""


def test_another_process_writes_the_same_bytes() -> None:
    here: dict[str, str] = {}
    exec(SCRIPT, here)
    run = [sys.executable, "-c", SCRIPT + "print(digest)"]
    there = subprocess.run(run, capture_output=True, check=True, text=True).stdout
    assert there.strip() == here["digest"]


FORGERIES = {
    "a function of the system": ("log1p", "system"),
    "a function of python": (
        '"__class__":"log1p","__module__":"numpy"',
        '"__class__":"eval","__module__":"builtins"',
    ),
    "a submodule": ('"__module__":"sklearn.pipeline"', '"__module__":"sklearn.externals"'),
    "an estimator that skops trusts and we do not use": (
        '"__class__":"StandardScaler"',
        '"__class__":"RobustScaler"',
    ),
    "a method loader": ('"__loader__":"FunctionNode"', '"__loader__":"MethodNode"'),
    "a reference loader": ('"__loader__":"FunctionNode"', '"__loader__":"CachedNode"'),
    "a loader for reduced objects": ('"__loader__":"ObjectNode"', '"__loader__":"OperatorFuncNode"'),
}


@pytest.mark.parametrize("what", FORGERIES)
def test_what_is_not_on_the_list_is_refused_before_it_is_built(
    what: str, fitted: Mapping[str, Fitted], monkeypatch: pytest.MonkeyPatch
) -> None:
    content = dump_estimator(pipeline_of(fitted, "poisson_glm"))

    def built(*_: object, **__: object) -> None:
        raise AssertionError("skops was asked to build it")

    monkeypatch.setattr(skops.io, "loads", built)
    with pytest.raises(RefusedError, match="a type that is not on our list"):
        load_estimator(forged(content, *FORGERIES[what]))


@pytest.mark.parametrize(
    "estimator", [DummyClassifier().fit([[0]], [0]), FunctionTransformer(np.exp)], ids=["dummy", "exp"]
)
def test_skops_would_load_more_than_we_do(estimator: Any) -> None:
    content = dump_estimator(estimator)
    skops.io.loads(content, trusted=skops.io.get_untrusted_types(data=content))
    with pytest.raises(RefusedError):
        load_estimator(content)


def test_a_file_that_the_schema_does_not_name_is_refused(fitted: Mapping[str, Fitted]) -> None:
    files = members(dump_estimator(pipeline_of(fitted, "poisson_glm")))
    with pytest.raises(RefusedError, match="parts that it does not name"):
        load_estimator(packed({**files, "extra.npy": b"rows"}))
    some = next(name for name in files if name != SCHEMA)
    with pytest.raises(RefusedError, match="parts that it does not name"):
        load_estimator(packed({name: part for name, part in files.items() if name != some}))


def test_the_list_has_nothing_that_our_pipelines_do_not_use(fitted: Mapping[str, Fitted]) -> None:
    used = set()
    for name in NAMES:
        schema = members(dump_estimator(pipeline_of(fitted, name)))[SCHEMA].decode()
        used |= {kind for kind in TYPES if f'"__class__":"{kind.rpartition(".")[2]}"' in schema}
    assert used == TYPES


def test_an_estimator_of_one_step_makes_the_round_trip() -> None:
    scaler = StandardScaler().fit(np.arange(6.0).reshape(3, 2))
    again = load_estimator(dump_estimator(Pipeline([("scale", scaler)])))
    np.testing.assert_array_equal(again["scale"].mean_, scaler.mean_)
