"""Who reads is an account of ours, and what they send is bytes or nothing."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from civic_ai.web.accounts.models import Member
from civic_ai.web.reader import reader_of, uploaded


def test_a_reader_has_an_account() -> None:
    request = RequestFactory().get("/")
    request.user = Member(name="ona", person="Ona")
    assert reader_of(request).person == "Ona"
    request.user = AnonymousUser()
    with pytest.raises(AssertionError):
        reader_of(request)


def test_a_file_is_read_and_no_file_is_none() -> None:
    request = RequestFactory().post("/", {"report": SimpleUploadedFile("r.json", b"{}"), "word": "x"})
    assert uploaded(request, "report") == b"{}"
    assert uploaded(request, "word") is None
    assert uploaded(request, "none") is None
