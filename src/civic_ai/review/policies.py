"""The policies that ruled, as files beside an exported ledger: without them nobody could judge its steps."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from civic_ai.core.canonical import digest_of_bytes
from civic_ai.core.errors import CivicError, RefusedError
from civic_ai.core.messages import Message, say
from civic_ai.records.policy import Policy
from civic_ai.review.history import PolicyOf, Taken
from civic_ai.store.blobs import Blobs, write_atomically

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
        except OSError as error:
            raise _refused(folder, say(
                "The policy that ruled it ({digest}) is not at hand, so nobody can judge it.",
                digest=digest[:12],
            )) from error  # fmt: skip
        if digest_of_bytes(content) != digest:
            raise _refused(folder, say(
                "Another policy stands there; the one that ruled it ({digest}) is not at hand.",
                digest=digest[:12],
            ))  # fmt: skip
        return _read(folder, content)

    return policy_of


def policies_kept(blobs: Blobs) -> PolicyOf:
    """The policies that a workspace keeps, by digest."""

    def policy_of(digest: str) -> Policy:
        try:
            return blobs.record(Policy, digest)
        except (CivicError, ValidationError) as error:
            says = say(
                "The policy that ruled it ({digest}) is not at hand, so nobody can judge it.",
                digest=digest[:12],
            )
            raise _refused(blobs.folder, says) from error

    return policy_of


def read_policies(folder: Path) -> tuple[Policy, ...]:
    """Every policy beside an exported ledger, each checked against the digest that names it."""
    names = sorted(path.stem for path in (folder / FOLDER).glob("*.json"))
    return tuple(map(policies_in(folder), names))


def _read(folder: Path, content: bytes) -> Policy:
    try:
        return Policy.from_json(content)
    except ValidationError as error:
        raise _refused(folder, say("The policy that ruled it cannot be read by this version.")) from error


def _refused(folder: Path, says: Message) -> CivicError:
    return RefusedError.because(
        says, about=str(folder), remedy=say("Ask the city for an export with its policies.")
    )
