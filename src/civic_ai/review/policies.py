"""The policies that ruled, as files beside an exported ledger: without them nobody could judge its steps."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from civic_ai.core.canonical import digest_of_bytes
from civic_ai.core.errors import RefusedError
from civic_ai.core.messages import say
from civic_ai.records.policy import Policy
from civic_ai.review.history import PolicyOf, Taken
from civic_ai.store.blobs import write_atomically

FOLDER = "policies"


def write_policies(steps: Iterable[Taken], policy_of: PolicyOf, folder: Path) -> None:
    """Write every policy that a step names to ``folder``/policies, by its digest."""
    for digest in sorted({step.policy for step in steps}):
        write_atomically(folder / FOLDER / f"{digest}.json", policy_of(digest).to_json())


def policies_in(folder: Path) -> PolicyOf:
    """The policies that stand beside an exported ledger; each is checked against the digest that names it."""

    def policy_of(digest: str) -> Policy:
        try:
            content = (folder / FOLDER / f"{digest}.json").read_bytes()
            if digest_of_bytes(content) == digest:
                return Policy.model_validate_json(content)
        except (OSError, ValidationError):
            pass
        raise RefusedError.because(
            say(
                "The policy that ruled it ({digest}) is not at hand, so nobody can judge it.",
                digest=digest[:12],
            ),
            about=str(folder),
            remedy=say("Ask the city for an export with its policies."),
        )

    return policy_of
