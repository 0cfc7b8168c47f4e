"""Files that people handed in as evidence, for those in the case: handed over, never shown by the browser."""

from __future__ import annotations

from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse

from civic_ai.pilot.answers import Beside, load_answers
from civic_ai.pilot.crosswalk import shipped_crosswalk
from civic_ai.web.desk import Desk, the_desk
from civic_ai.web.evidence import ending_of, kept_in, named_in


def file(request: HttpRequest, pilot: str, digest: str) -> HttpResponse:
    """The file of this digest that a step of the case names, or an answer of the city rests on."""
    desk = the_desk()
    content = _of_step(desk, pilot, digest) or _of_answer(desk, pilot, digest)
    if content is None:
        raise Http404
    name = f"{pilot}-{digest[:12]}.{ending_of(content) or 'bin'}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="application/octet-stream", headers=headers)


def _of_step(desk: Desk, pilot: str, digest: str) -> bytes | None:
    """What a step of the case names, if the desk keeps it. No blind step names a file.

    Raises :class:`RefusedError` where the file was altered.
    """
    kept, events = kept_in(desk.settings), desk.standing().events.get(pilot, ())
    named = (found for event in events for _, found in named_in(event.action))
    return kept.get(digest) if digest in named and digest in kept else None


def _of_answer(desk: Desk, pilot: str, digest: str) -> bytes | None:
    """A file of the city's folder that one of its answers names: only those, and only inside the folder."""
    folder: Path = desk.pilot_folder(pilot)
    answers = load_answers(Beside(shipped_crosswalk(), pilot, folder)) if folder.is_dir() else None
    if answers is None:
        return None
    proofs = (proof for answer in answers.answers.values() for proof in answer.evidence)
    path = next((proof.file for proof in proofs if proof.file and proof.sha256 == digest), None)
    return None if path is None else (folder / path).read_bytes()
