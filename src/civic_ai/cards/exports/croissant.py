"""The data of a pilot as Croissant 1.0 with responsible-AI fields (MLCommons, 2024), JSON-LD.

It describes what was handed over, by digest; it holds no row and no link to a row.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from civic_ai.cards.exports.published import Published, as_json
from civic_ai.records.snapshot import SourceSnapshot

NAME = "croissant"
RAI: Mapping[str, tuple[str, ...]] = {
    "rai:dataCollection": ("C03",),
    "rai:dataAnnotationProtocol": ("C04",),
    "rai:dataPreprocessingProtocol": ("C05",),
    "rai:dataCollectionMissingData": ("C06",),
    "rai:dataUseCases": ("B02", "C07"),
    "rai:dataBiases": ("C08", "C09"),
    "rai:dataLimitations": ("D07",),
    "rai:dataSocialImpact": ("B09",),
    "rai:personalSensitiveInformation": ("C10",),
    "rai:dataReleaseMaintenancePlan": ("C13", "C15"),
}
HOLDS = frozenset(
    {field for fields in RAI.values() for field in fields} | {"A01", "A02", "C01", "C02", "N04"}
)
_OURS = "https://civic-ai.dev/terms/"
CONTEXT: Mapping[str, Any] = {
    "@language": "en", "@vocab": "https://schema.org/", "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/", "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/", "civic": _OURS,
    "data": {"@id": "cr:data", "@type": "@json"}, "examples": {"@id": "cr:examples", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"}, "conformsTo": "dct:conformsTo",
    **{
        name: f"cr:{name}"
        for name in (
            "citeAs", "column", "equivalentProperty", "extract", "field", "fileObject", "fileProperty",
            "fileSet", "format", "includes", "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path",
            "recordSet", "references", "regex", "repeated", "replace", "samplingRate", "separator", "source",
            "subField", "transform",
        )
    },
}  # fmt: skip
"""The names that Croissant 1.0 fixes for a JSON-LD document."""


def export_croissant(published: Published) -> dict[str, bytes]:
    """File names and contents: the description of the data, and what it cannot hold."""
    return {
        "croissant.json": as_json(_dataset(published)),
        "croissant.about.json": as_json(published.about(NAME, HOLDS)),
    }


def _dataset(published: Published) -> dict[str, Any]:
    snapshot, spec = published.sealed.records.snapshot, published.sealed.records.spec
    described = " ".join(published.texts("A02", "C01")) or published.title
    return {
        "@context": {**CONTEXT, "@language": published.language},
        "@type": "sc:Dataset",
        "name": published.record.pilot,
        "alternateName": published.title,
        "description": described,
        "conformsTo": ["http://mlcommons.org/croissant/1.0", "http://mlcommons.org/croissant/RAI/1.0"],
        "identifier": f"urn:sha256:{published.record.digest}",
        "citeAs": f"{spec.owner}: {published.record.pilot}, civic-ai dossier {published.record.dossier}",
        "version": "1.0.0",
        "url": f"urn:sha256:{published.sealed.evidence.snapshot}",
        "license": sorted({source.licence for source in snapshot.sources if source.licence})
        or ["not stated"],
        "creator": {"@type": "sc:Organization", "name": spec.owner},
        "keywords": [word.strip() for word in (published.text("N04") or spec.pilot).split(",")],
        "distribution": [_file(source) for source in snapshot.sources],
        "recordSet": [_rows(source) for source in snapshot.sources],
        **{name: " ".join(said) for name, fields in RAI.items() if (said := published.texts(*fields))},
    }


def _file(source: SourceSnapshot) -> dict[str, Any]:
    """The file by its digest: who has it can check it, nobody is led to it."""
    return {
        "@type": "cr:FileObject",
        "@id": f"file-{source.name}",
        "name": f"file-{source.name}",
        "description": "as handed over",
        "contentUrl": f"{source.name}.csv",
        "encodingFormat": "text/csv",
        "sha256": source.raw_digest,
    }


def _rows(source: SourceSnapshot) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": source.name,
        "name": source.name,
        "field": [_column(source.name, column) for column in source.columns],
    }


def _column(source: str, column: str) -> dict[str, Any]:
    """A column as text: the city's contract gives the types, and stands in the dossier."""
    return {
        "@type": "cr:Field",
        "@id": f"{source}/{column}",
        "name": f"{source}/{column}",
        "dataType": "sc:Text",
        "source": {"fileObject": {"@id": f"file-{source}"}, "extract": {"column": column}},
    }
