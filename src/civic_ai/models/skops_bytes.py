"""skops files whose bytes depend on the estimator alone, and a loader with a closed list of types.

skops names arrays by memory address and stamps its zip with the time. Here every node and array is
numbered in reading order and the zip carries no date. Loading refuses every type that is not listed
below, whatever skops itself would trust. skops is imported where it is used: it imports all of scikit-learn,
which a process that opens a model of trees need not.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

from civic_ai.core.errors import RefusedError
from civic_ai.core.messages import Message, say

SCHEMA = "schema.json"
LOADERS = frozenset(
    {
        "DictNode",
        "DTypeNode",
        "FunctionNode",
        "JsonNode",
        "ListNode",
        "LossNode",
        "NdArrayNode",
        "ObjectNode",
        "SliceNode",
        "TupleNode",
        "TypeNode",
    }
)
TYPES = frozenset(
    {
        "builtins.dict",
        "builtins.list",
        "builtins.slice",
        "builtins.str",
        "builtins.tuple",
        "numpy.dtype",
        "numpy.float64",
        "numpy.log1p",
        "numpy.ndarray",
        "sklearn._loss._loss.CyHalfPoissonLoss",
        "sklearn._loss.link.Interval",
        "sklearn._loss.link.LogLink",
        "sklearn._loss.loss.HalfPoissonLoss",
        "sklearn.compose._column_transformer.ColumnTransformer",
        "sklearn.impute._base.MissingIndicator",
        "sklearn.impute._base.SimpleImputer",
        "sklearn.linear_model._glm.glm.PoissonRegressor",
        "sklearn.linear_model._logistic.LogisticRegression",
        "sklearn.pipeline.Pipeline",
        "sklearn.preprocessing._data.MinMaxScaler",
        "sklearn.preprocessing._data.StandardScaler",
        "sklearn.preprocessing._function_transformer.FunctionTransformer",
    }
)
"""All that our own pipelines are made of, measured on them."""


def dump_estimator(estimator: object) -> bytes:
    """The estimator as skops bytes: equal estimators, equal bytes."""
    import skops.io

    source = zipfile.ZipFile(io.BytesIO(skops.io.dumps(estimator)))
    schema = json.loads(source.read(SCHEMA))
    arrays = {}
    for number, node in enumerate(_nodes(schema)):
        if "__id__" in node:
            node["__id__"] = number
        if "file" in node:
            renamed = f"{number}.npy"
            arrays[renamed] = source.read(node["file"])
            node["file"] = renamed
    arrays[SCHEMA] = json.dumps(schema, separators=(",", ":")).encode()
    return _zip(arrays)


def load_estimator(content: bytes) -> Any:
    """The estimator that ``dump_estimator`` wrote. The caller has checked the digest of ``content``.

    Raises :class:`RefusedError` for any type, loader or file that our own pipelines do not use.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        nodes = list(_nodes(json.loads(archive.read(SCHEMA))))
        names = set(archive.namelist())
    for node in nodes:
        _refuse_unknown(node)
    if names != {SCHEMA, *(node["file"] for node in nodes if "file" in node)}:
        raise _refused(say("the model file holds parts that it does not name"))
    import skops.io

    return skops.io.loads(content, trusted=["numpy.dtype"])


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Every node of a schema, in reading order."""
    if isinstance(value, dict):
        if "__loader__" in value:
            yield value
        for item in value.values():
            yield from _nodes(item)
    elif isinstance(value, list):
        for item in value:
            yield from _nodes(item)


def _refuse_unknown(node: dict[str, Any]) -> None:
    kind = f"{node['__module__']}.{node['__class__']}"
    if kind not in TYPES or node["__loader__"] not in LOADERS:
        raise _refused(say("the model file holds a type that is not on our list: {kind}", kind=kind))


def _refused(says: Message) -> Exception:
    return RefusedError.because(
        says, about="pipeline.skops", remedy=say("Train the model again; do not load this file.")
    )


def _zip(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name), files[name], compress_type=zipfile.ZIP_DEFLATED)
    return target.getvalue()
