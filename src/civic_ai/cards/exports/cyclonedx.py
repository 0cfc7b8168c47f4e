"""The model as a CycloneDX 1.6 machine-learning bill of materials (OWASP, ECMA-424, 2024).

Values of metrics are text there. No date of now and no random number: the same record gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from civic_ai.cards.exports.published import Metric, Published, as_json
from civic_ai.records.snapshot import SourceSnapshot

NAME = "cyclonedx"
CONSIDERATIONS: Mapping[str, str] = {
    "users": "B03", "useCases": "B02", "technicalLimitations": "D07", "performanceTradeoffs": "D06"
}  # fmt: skip
PROPERTIES = (
    "A04", "A05", "A06", "A07", "A09", "B04", "C01", "C03", "C04", "C10", "D02", "D03", "D04", "D05", "E03",
    "G01",
)  # fmt: skip
"""Fields for which the format has no better place than a named property."""
HOLDS = frozenset(
    {*CONSIDERATIONS.values(), *PROPERTIES}
    | {"A01", "A02", "A10", "A11", "C02", "D01", "E01", "F01", "F02", "B09", "J04", "N04"}
)


def export_cyclonedx(published: Published) -> dict[str, bytes]:
    """File name and content: the bill of materials."""
    about = published.about(NAME, HOLDS)
    sources = published.sealed.records.snapshot.sources
    bill = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, published.record.digest)}",
        "version": 1,
        "metadata": {"component": _model(published), "properties": _properties(about)},
        "components": [*map(_data, sources), *_libraries(published)],
    }
    return {"bom.cdx.json": as_json(bill)}


def _properties(values: Mapping[str, Any]) -> list[dict[str, str]]:
    return [
        {"name": f"civic-ai:{name}", "value": " ".join(value) if isinstance(value, list) else str(value)}
        for name, value in values.items()
    ]


def _model(published: Published) -> dict[str, Any]:
    records = published.sealed.records
    said = {name: text for name in PROPERTIES if (text := published.text(name)) is not None}
    made: dict[str, Any] = {
        "type": "machine-learning-model",
        "bom-ref": "model",
        "name": published.title,
        "version": published.sealed.manifest.digest[:12],
        "supplier": {"name": records.spec.owner},
        "modelCard": _card(published),
        "properties": _properties(said),
    }
    if (description := published.text("A02")) is not None:
        made["description"] = description
    if (keywords := published.text("N04")) is not None:
        made["tags"] = [word.strip() for word in keywords.split(",")]
    return made


def _card(published: Published) -> dict[str, Any]:
    evaluation, snapshot = published.sealed.records.evaluation, published.sealed.records.snapshot
    return {
        "modelParameters": {
            "approach": {"type": "supervised"},
            "task": evaluation.question,
            "architectureFamily": evaluation.champion,
            "datasets": [{"ref": f"data-{source.name}"} for source in snapshot.sources],
        },
        "quantitativeAnalysis": {
            "performanceMetrics": [_metric(m) for m in published.metrics() if m.figure.value is not None]
        },
        "considerations": _considerations(published),
    }


def _metric(metric: Metric) -> dict[str, Any]:
    figure = metric.figure
    made: dict[str, Any] = {"type": metric.name, "value": str(figure.value)}
    if metric.slice is not None:
        made["slice"] = metric.slice
    if figure.lower is not None and figure.upper is not None:
        made["confidenceInterval"] = {"lowerBound": str(figure.lower), "upperBound": str(figure.upper)}
    return made


def _considerations(published: Published) -> dict[str, Any]:
    made: dict[str, Any] = {
        key: found for key, field in CONSIDERATIONS.items() if (found := published.texts(field))
    }
    if (risks := published.text("J04")) is not None:
        made["ethicalConsiderations"] = [{"name": risks}]
    groups = {"groupAtRisk": published.text("F01"), "harms": published.text("B09")}
    if assessed := {key: text for key, text in groups.items() if text is not None}:
        made["fairnessAssessments"] = [assessed]
    return made


def _data(source: SourceSnapshot) -> dict[str, Any]:
    described = {"type": "dataset", "name": source.name, "contents": {"properties": _contents(source)}}
    if source.publisher is not None:
        described["governance"] = {"owners": [{"organization": {"name": source.publisher}}]}
    made: dict[str, Any] = {
        "type": "data",
        "bom-ref": f"data-{source.name}",
        "name": source.name,
        "hashes": [{"alg": "SHA-256", "content": source.raw_digest}],
        "data": [described],
    }
    if source.licence is not None:
        made["licenses"] = [{"license": {"name": source.licence}}]
    return made


def _contents(source: SourceSnapshot) -> list[dict[str, str]]:
    period = {} if source.period is None else {"first": source.period.first, "last": source.period.last}
    return _properties({"columns": list(source.columns), **period})


def _libraries(published: Published) -> list[dict[str, Any]]:
    libraries = published.sealed.evidence.environment.libraries
    return [
        {"type": "library", "bom-ref": f"pkg:pypi/{name}@{version}", "name": name, "version": version,
         "purl": f"pkg:pypi/{name.lower().replace('_', '-')}@{version}"}
        for name, version in sorted(libraries.items())
    ]  # fmt: skip
