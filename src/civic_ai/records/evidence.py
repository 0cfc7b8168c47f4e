"""Everything that a verdict rests on, each thing named by its digest."""

from __future__ import annotations

from civic_ai.records.record import Record


class Code(Record):
    """The civic-ai that ran: version and digest of its own source files."""

    version: str
    source_digest: str


class Environment(Record):
    """Python and the versions of the libraries that numbers depend on."""

    python: str
    machine: str
    libraries: dict[str, str]


class Evidence(Record):
    """Digests of all that was promised, handed over, computed and used. No clock, path or person.

    ``after``: the dossier of an earlier public version, so that the two tell nothing by their difference.
    """

    pilot: str
    spec: str
    contracts: dict[str, str]
    policy: str
    snapshot: str
    panel: str
    predictions: str
    evaluation: str
    evaluation_masked: str
    audit: str
    audit_masked: str
    explanation: str
    explanation_masked: str | None = None
    predictions_masked: str | None = None
    bundle: str
    answers: str | None = None
    after: str | None = None
    code: Code
    environment: Environment
