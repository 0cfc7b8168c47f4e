"""Base64 (RFC 4648, section 4) in its one canonical spelling."""

from __future__ import annotations

import base64
import binascii


def base64_text(content: bytes) -> str:
    """``content`` in standard base64, padded, without line breaks."""
    return base64.b64encode(content).decode("ascii")


def base64_bytes(text: str) -> bytes:
    """The bytes that ``text`` stands for.

    Raises ``ValueError`` for anything that :func:`base64_text` would not have written: two spellings of the
    same bytes would be two ledgers with the same content.
    """
    try:
        content = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise ValueError("is not base64") from error
    if base64_text(content) != text:
        raise ValueError("is not base64 in its canonical spelling")
    return content
