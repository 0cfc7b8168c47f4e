"""Who reads, and what they send."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from civic_ai.web.accounts.models import Member


def reader_of(request: HttpRequest) -> Member:
    """The account of whoever has signed in; the routes let nobody else through."""
    member = request.user
    assert isinstance(member, Member)
    return member


def uploaded(request: HttpRequest, name: str) -> bytes | None:
    """The content of a file that came with a form; None where none did."""
    file = request.FILES.get(name)
    return file.read() if isinstance(file, UploadedFile) else None
