from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_ai.core.base64 import base64_bytes, base64_text


@pytest.mark.parametrize(
    ("content", "text"),
    [(b"", ""), (b"f", "Zg=="), (b"fo", "Zm8="), (b"foo", "Zm9v"), (b"foobar", "Zm9vYmFy")],
)
def test_the_vectors_of_rfc_4648(content: bytes, text: str) -> None:
    assert base64_text(content) == text
    assert base64_bytes(text) == content


@pytest.mark.parametrize(
    "text", ["Zg", "Zg=", "Zh==", "Zg==\n", " Zg==", "Zm9v=", "Zg==Zg==", "Zm-_", "Zé==", "="]
)
def test_no_other_spelling_is_read(text: str) -> None:
    with pytest.raises(ValueError, match="base64"):
        base64_bytes(text)


@given(st.binary())
def test_what_is_written_is_read_back(content: bytes) -> None:
    assert base64_bytes(base64_text(content)) == content


@given(st.text("Zgm9vY+/=", max_size=8))
def test_what_is_read_is_what_would_be_written(text: str) -> None:
    try:
        content = base64_bytes(text)
    except ValueError:
        return
    assert base64_text(content) == text
