"""Cards as PDF/UA-1 (ISO 14289-1, 2014), for printers, records offices and screen readers.

WeasyPrint is the extra ``pdf``; it is loaded when a page is asked for. The pages are made of the sealed HTML
and of nothing else: whatever they might name outside of themselves is not fetched.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from civic_ai.cards.verification import read_manifest, verify
from civic_ai.core.errors import ConfigError, RefusedError
from civic_ai.core.messages import say
from civic_ai.records.dossier import Audience

VARIANT = "pdf/ua-1"
_PRINTED = "details > summary { display: none } h1 { bookmark-level: 1 } h2 { bookmark-level: 2 }"
"""Beside the card's own sheet: what folds on a screen stands open on paper, and headings are bookmarks."""


def pdf_of(html: bytes) -> bytes:
    """The page as PDF/UA-1: tagged, with its language, title and bookmarks. Same page, same bytes.

    Raises :class:`ConfigError` where WeasyPrint is not installed.
    """
    try:
        from weasyprint import CSS, HTML
        from weasyprint.urls import URLFetcher
    except (ImportError, OSError) as error:  # OSError: the system has no Pango
        raise ConfigError.because(
            say("WeasyPrint, which makes PDF files, is not installed here"),
            about="civic-ai pdf",
            remedy=say("Install it with {command}, or print the pages from a browser.", command=INSTALL),
        ) from error
    page = HTML(string=html.decode(), url_fetcher=URLFetcher(allowed_protocols=("data",)))
    made = page.write_pdf(pdf_variant=VARIANT, stylesheets=[CSS(string=_PRINTED)])
    return bytes(made)


INSTALL = "pip install 'civic-ai[pdf]'"


def pdf_cards(dossier: Path, audience: Audience) -> Iterator[tuple[str, bytes]]:
    """Name and content of a PDF for each page of the dossier in ``dossier`` that is made for ``audience``.

    Raises :class:`RefusedError` where the dossier was altered, :class:`ConfigError` without WeasyPrint.
    """
    if not verify(dossier).intact:
        raise RefusedError.because(
            say("the dossier was altered after it was sealed"),
            about=str(dossier),
            remedy=say("`civic-ai verify` says which files; run the pilot again."),
        )
    manifest = read_manifest(dossier)
    for file in manifest.files:
        path = dossier / file.path
        if file.role == "card" and file.audience == audience and path.suffix == ".html":
            yield f"{path.stem}.pdf", pdf_of(path.read_bytes())
