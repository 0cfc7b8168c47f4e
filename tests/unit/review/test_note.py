from __future__ import annotations

import pytest

from civic_ai.core.errors import ConfigError
from civic_ai.review.checkpoint import is_signed_by_log, open_checkpoint
from civic_ai.review.note import KeyType, read_note, read_verifier_key
from tests.unit.review.made_ledger import LOG, WITNESS

# The example note of golang.org/x/mod/sumdb/note, with its published key.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
GO_NOTE = (
    f"{GO_TEXT}\n— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def test_the_published_note_of_go_verifies() -> None:
    note, key = read_note(GO_NOTE), read_verifier_key(GO_KEY)
    assert note.text == GO_TEXT
    assert key.text == GO_KEY
    assert is_signed_by_log(note, key)
    assert note.signatures[0].line == GO_NOTE.removeprefix(f"{GO_TEXT}\n")
    assert not is_signed_by_log(read_note(GO_NOTE.replace("cryptography", "Cryptography")), key)


@pytest.mark.parametrize("key", [LOG, WITNESS])
def test_a_key_is_read_back_from_its_line(key: object) -> None:
    assert read_verifier_key(f"{key.public.text}\n") == key.public


def test_the_id_of_a_key_depends_on_name_type_and_key() -> None:
    other = read_verifier_key(WITNESS.public.text)
    assert other.type is KeyType.WITNESS
    with pytest.raises(ConfigError, match="no public key"):
        read_verifier_key(LOG.public.text.replace("city", "town"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a+b",
        "a+00000000+",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        f"x{GO_KEY}",
        GO_KEY[:-4],
    ],
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="no public key") as refused:
        read_verifier_key(text)
    assert "Ask the city, or the witness" in refused.value.text()


@pytest.mark.parametrize(
    "note",
    [
        "",
        GO_TEXT,
        f"{GO_TEXT}\n",
        GO_NOTE.rstrip("\n"),
        GO_NOTE.replace("— ", "- "),
        GO_NOTE + "more\n",
        GO_NOTE + "\n",
        GO_NOTE.replace("JnAM=", "JnAN="),
        f"{GO_TEXT}\n— a+b AAAAAAA=\n",
        f"{GO_TEXT}\n— a AAAAAA==\n",
        GO_TEXT + "\n" + "— a AAAAAAA=\n" * 65,
    ],
)
def test_what_is_no_note_is_refused(note: str) -> None:
    with pytest.raises(ValueError, match=r"is no|has a|base64"):
        read_note(note)


def test_64_signatures_and_five_bytes_are_read() -> None:
    assert len(read_note(GO_TEXT + "\n" + "— a AAAAAAA=\n" * 64).signatures) == 64


def test_a_note_of_go_is_no_checkpoint() -> None:
    with pytest.raises(ValueError, match="no checkpoint"):
        open_checkpoint(GO_NOTE, read_verifier_key(GO_KEY))
