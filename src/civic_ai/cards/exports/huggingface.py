"""The model's README for the Hugging Face Hub: metadata in YAML, then sections of text."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from ruamel.yaml import YAML

from civic_ai.cards.exports.published import Published

NAME = "huggingface"
SECTIONS: Mapping[str, tuple[str, ...]] = {
    "Model Description": ("A02", "G01", "D01", "D05"),
    "Developed by": ("A04", "A07"),
    "Direct Use": ("B02", "B03"),
    "Out-of-Scope Use": ("B04",),
    "Bias, Risks, and Limitations": ("B09", "D07", "J04"),
    "Training Data": ("C01", "C03", "C04", "C10"),
    "Training Procedure": ("C05", "C07", "D02", "D04"),
    "Testing Data, Factors & Metrics": ("E03", "F01", "F03"),
    "Model Examination": ("G02",),
    "Compute Infrastructure": ("A10", "A11"),
    "Model Card Contact": ("A06",),
}
TASKS: Mapping[str, str] = {
    "ranking": "tabular-classification",
    "cases": "tabular-classification",
    "demand": "tabular-regression",
    "durations": "tabular-regression",
}
HOLDS = frozenset(
    {field for fields in SECTIONS.values() for field in fields} | {"A01", "A09", "E01", "N01", "N04"}
)


def export_huggingface(published: Published) -> dict[str, bytes]:
    """File name and content: the README."""
    written = io.BytesIO()
    yaml = YAML()
    yaml.representer.ignore_aliases = lambda _: True
    yaml.dump(_metadata(published), written)
    return {"README.md": b"---\n" + written.getvalue() + b"---\n" + _body(published).encode()}


def _metadata(published: Published) -> dict[str, Any]:
    evaluation = published.sealed.records.evaluation
    libraries = published.sealed.evidence.environment.libraries
    found: dict[str, Any] = {
        "language": [published.language],
        "tags": ["civic-ai", *_keywords(published)],
        "model_name": published.title,
        "model-index": [{"name": published.title, "results": _results(published)}],
        "civic_ai": published.about(NAME, HOLDS),
    }
    if evaluation.champion in libraries:
        found["library_name"] = evaluation.champion
    if (licence := published.text("A09")) is not None:
        found |= {"license": "other", "license_name": licence}
    return found


def _keywords(published: Published) -> list[str]:
    return [word.strip() for word in (published.text("N04") or "").split(",") if word.strip()]


def _results(published: Published) -> list[dict[str, Any]]:
    """One result: the figures over all test periods; the format keeps no interval beside a value."""
    question = published.sealed.records.evaluation.question
    task = {"type": TASKS[question], "name": question}
    pilot = published.record.pilot
    figures = [
        {"type": metric.name, "value": metric.figure.value, "name": metric.name}
        for metric in published.metrics()
        if metric.slice is None and metric.figure.value is not None
    ]
    dataset = {"type": pilot, "name": pilot, "revision": published.sealed.evidence.snapshot}
    return [{"task": task, "dataset": dataset, "metrics": figures}] if figures else []


def _body(published: Published) -> str:
    lines = [f"# {_plain(published.title)}", "", f"Record `{published.record.digest}`."]
    for heading, fields in SECTIONS.items():
        lines += ["", f"## {heading}", ""]
        said = published.texts(*fields)
        lines += ["\n\n".join(map(_plain, said)) if said else "Not answered."]
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    """Text that Markdown shows as it was written: no tag, no heading, no table of the writer's own."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "\n".join(
        f"\\{line}" if line.startswith(("#", "|", "-", "=", "*")) else line for line in escaped.split("\n")
    )
