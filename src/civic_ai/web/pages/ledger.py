"""The auditor's pages: the ledger entry by entry, whether it can be believed, and a copy to take away."""

from __future__ import annotations

import io
import os
import tempfile
import zipfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from threading import Lock

from django.http import HttpRequest, HttpResponse

from civic_ai.core.errors import RefusedError
from civic_ai.core.messages import say
from civic_ai.review.findings import KINDS
from civic_ai.review.ledger_export import export, write_export
from civic_ai.review.ledger_judged import judge_database_aside, judge_since
from civic_ai.review.ledger_memory import LedgerMemory
from civic_ai.review.ledger_readers import hidden_entries
from civic_ai.review.ledger_trust import Trust
from civic_ai.review.ledger_verification import LedgerVerification
from civic_ai.review.policies import write_policies
from civic_ai.review.receipt import make_receipt, receipt_text
from civic_ai.review.verified import verified_whole
from civic_ai.web.desk import Desk, the_desk
from civic_ai.web.ledger_view import shown
from civic_ai.web.page import show
from civic_ai.web.reader import reader_of
from civic_ai.web.refusals import forbidden, not_found

ROWS = 50
_ONE_AT_A_TIME = Lock()
"""Held while the whole ledger is verified."""
_ANY_DAY = (1980, 1, 1, 0, 0, 0)
"""A zip file names a moment for each file; the ledger's own stand in its lines."""


def page(request: HttpRequest) -> HttpResponse:
    """Entries, the newest first; ``?before=120`` are those before number 120."""
    desk = the_desk()
    standing, asked = desk.standing(), request.GET.get("before", "")
    before = min(int(asked), standing.size) if asked.isdecimal() and len(asked) < 12 else standing.size
    first = max(0, before - ROWS)
    lines = desk.office.ledger.lines_from(first, before - first)
    view = {
        "entries": shown(lines, first, standing.register)[::-1],
        "size": standing.size,
        "first": first,
        "before": before,
        "newer": None if before >= standing.size else min(before + ROWS, standing.size),
    }
    return show(request, "ledger.html", view)


def entry(request: HttpRequest, number: int) -> HttpResponse:
    """One entry: what was signed, by which keys, and the digests that others can compare."""
    desk, person = the_desk(), reader_of(request).person
    standing = desk.standing()
    if number >= standing.size:
        return not_found(request)
    (found,) = shown(desk.office.ledger.lines_from(number, 1), number, standing.register)
    is_hidden = number in set(hidden_entries(standing, person, desk.policy))
    view = {"entry": found, "is_hidden": is_hidden, "is_last": number + 1 == standing.size}
    return show(request, "ledger_entry.html", view)


def receipt(request: HttpRequest, number: int) -> HttpResponse:
    """The receipt of an entry, to check it without this desk."""
    desk, person = the_desk(), reader_of(request).person
    standing = desk.standing()
    if number in hidden_entries(standing, person, desk.policy):
        return forbidden(request)
    snapshot = desk.office.ledger.snapshot()
    if number >= len(snapshot.lines):
        return not_found(request)
    text = receipt_text(make_receipt(snapshot.lines, number, snapshot.checkpoint))
    return _file(text.encode(), "text/plain; charset=utf-8", f"receipt-{number}.txt")


def verification(request: HttpRequest) -> HttpResponse:
    """The ledger verified now, by its own bytes and the log's key: each fault by its name.

    What the desk has verified before is compared with what it was; ``?whole=1`` verifies all anew.
    """
    desk = the_desk()
    log = desk.office.ledger.require_log_key().public
    is_asked = request.GET.get("whole") == "1"
    since = None if is_asked else judge_since(desk.office.reader, desk.settings.workspace, Trust(log))
    found = since or judged_whole(desk, Trust(log))
    view = {
        "found": found,
        "log": log,
        "findings": [(one, KINDS[one.kind]) for one in found.findings],
        "before": None if since is None else desk.verified.last() or desk.office.reader.verified_so_far(),
    }
    return show(request, "ledger_verification.html", view)


def judged_whole(desk: Desk, trust: Trust) -> LedgerVerification:
    """Every entry anew, in a process of its own that gives way to pages; a good end is noted."""
    url = desk.office.ledger.engine.url.render_as_string(hide_password=False)
    home, began = desk.settings.workspace, desk.office.ledger.moment()
    with _ONE_AT_A_TIME, ProcessPoolExecutor(1, get_context("spawn"), os.nice, (10,)) as aside:
        found = aside.submit(judge_database_aside, url, home, trust).result()
    if found.is_good:
        seen = LedgerMemory(home.seen).last(trust.log)
        desk.verified.keep(verified_whole(seen.size, seen.root, began))
    return found


def download(request: HttpRequest) -> HttpResponse:
    """The ledger as plain files in one archive: what ``civic-ai ledger verify`` needs.

    Refused while a blind review stands on it that the reader may not read yet.
    """
    desk, person = the_desk(), reader_of(request).person
    standing = desk.standing()
    if next(hidden_entries(standing, person, desk.policy), None) is not None:
        raise RefusedError.because(
            say("A review that is still blind stands on the ledger, and a copy would show it."),
            remedy=say("Take the copy when all first reviews are in."),
        )
    return _file(archive(desk), "application/zip", f"ledger-{standing.size}.zip")


def archive(desk: Desk) -> bytes:
    """The files of ``civic-ai ledger export`` in a zip file; the same ledger gives the same bytes."""
    steps = [event.step for events in desk.standing().events.values() for event in events]
    held = io.BytesIO()
    with tempfile.TemporaryDirectory() as name, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        folder = Path(name)
        write_policies(steps, desk.office.policy_of, folder)
        write_export(export(desk.office.ledger.snapshot()), folder)
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            info = zipfile.ZipInfo(f"ledger/{path.relative_to(folder).as_posix()}", _ANY_DAY)
            made.writestr(info, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return held.getvalue()


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(
        content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
