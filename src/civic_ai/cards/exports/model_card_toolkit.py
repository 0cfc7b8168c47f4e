"""The model card as Model Card Toolkit JSON, schema 0.0.2 (TensorFlow, 2020). Values of metrics are text."""

from __future__ import annotations

from typing import Any

from civic_ai.cards.exports.published import Metric, Published, as_json

NAME = "mct"
HOLDS = frozenset(
    {
        "A01",
        "A02",
        "A04",
        "A06",
        "A09",
        "B02",
        "B03",
        "B09",
        "C01",
        "C10",
        "D01",
        "D05",
        "D06",
        "D07",
        "E01",
        "F02",
    }
    | {"A03", "J04"}
)
CONSIDERATIONS = {"users": "B03", "use_cases": "B02", "limitations": "D07", "tradeoffs": "D06"}


def export_model_card_toolkit(published: Published) -> dict[str, bytes]:
    """File names and contents: the card, and beside it what it cannot hold, for it takes no other keys."""
    card = {
        "schema_version": "0.0.2",
        "model_details": _details(published),
        "model_parameters": _parameters(published),
        "quantitative_analysis": {
            "performance_metrics": [_metric(m) for m in published.metrics() if m.figure.value is not None]
        },
        "considerations": _considerations(published),
    }
    return {"model_card.json": as_json(card), "model_card.about.json": as_json(published.about(NAME, HOLDS))}


def _details(published: Published) -> dict[str, Any]:
    spec, text = published.sealed.records.spec, published.text
    return {
        "name": published.title,
        "owners": [{"name": text("A04") or spec.owner, "contact": text("A06") or spec.contact}],
        "version": {"name": published.sealed.manifest.digest, **_said({"diff": text("A03")})},
        "licenses": [{"custom_text": licence} for licence in published.texts("A09")],
        "references": [{"reference": f"urn:sha256:{published.record.digest}"}],
        **_said({"overview": text("A02")}),
    }


def _parameters(published: Published) -> dict[str, Any]:
    evaluation, snapshot = published.sealed.records.evaluation, published.sealed.records.snapshot
    described = " ".join(published.texts("C01", "C10")) or None
    return {
        "model_architecture": evaluation.champion,
        "data": [{"name": source.name, **_said({"description": described})} for source in snapshot.sources],
        **_said({"output_format": published.text("D05")}),
    }


def _said(values: dict[str, str | None]) -> dict[str, str]:
    """What is there; an empty field leaves its key out."""
    return {key: value for key, value in values.items() if value is not None}


def _metric(metric: Metric) -> dict[str, Any]:
    figure = metric.figure
    made: dict[str, Any] = {"type": metric.name, "value": str(figure.value), "slice": metric.slice or "all"}
    if figure.lower is not None and figure.upper is not None:
        made["confidence_interval"] = {"lower_bound": str(figure.lower), "upper_bound": str(figure.upper)}
    return made


def _considerations(published: Published) -> dict[str, Any]:
    made: dict[str, Any] = {
        key: [{"description": text} for text in published.texts(field)]
        for key, field in CONSIDERATIONS.items()
    }
    risks = published.texts("J04", "B09")
    made["ethical_considerations"] = [{"name": risk} for risk in risks]
    return made
