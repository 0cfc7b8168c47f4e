"""What is written down of a fault, and what never is."""

from __future__ import annotations

import logging
import sys
from types import SimpleNamespace

from civic_ai.core.errors import StoreError
from civic_ai.core.messages import say
from civic_ai.web.log import Bare

SECRET = "swordfish-4711"


def told(error: Exception, **more: object) -> str:
    try:
        try:
            raise KeyError(SECRET)
        except KeyError as inner:
            raise error from inner
    except Exception:
        record = logging.LogRecord(
            "django.request", logging.ERROR, "x", 1, "Internal Server Error: %s", (SECRET,), sys.exc_info()
        )
    vars(record).update(more)
    return Bare().format(record)


def test_it_says_which_page_failed_how_and_where_and_no_word_of_the_request() -> None:
    request = SimpleNamespace(resolver_match=SimpleNamespace(url_name="sign"), path=f"/sign/{SECRET}/")
    said = told(ValueError(SECRET), request=request, status_code=500)
    assert "ERROR django.request sign 500 ValueError from KeyError\n" in said
    assert "test_log.py:" in said
    assert SECRET not in said


def test_a_request_that_no_page_answers_has_no_name() -> None:
    request = SimpleNamespace(resolver_match=None)
    assert "django.request - 500 ValueError" in told(ValueError(), request=request, status_code=500)


def test_what_a_store_says_of_itself_is_kept_for_whoever_mends_it() -> None:
    assert "database is locked" in told(StoreError.because(say("database is locked")))


def test_a_line_without_an_error_says_only_who_wrote_it() -> None:
    record = logging.LogRecord("gunicorn", logging.ERROR, "x", 1, SECRET, (), None)
    assert Bare().format(record).endswith("ERROR gunicorn - -")
