"""A statement of the desk is signed elsewhere, and says first what it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from civic_ai.cli.main import main
from civic_ai.records.ledger import SignedEnvelope
from civic_ai.review.envelope import signed_bytes
from civic_ai.review.key_files import make_key_file, read_public_key
from civic_ai.review.signatures import verifies
from civic_ai.review.statement import state


def test_what_is_printed_is_the_signed_statement(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = make_key_file(tmp_path / "my.key", "ed25519", "Ana")
    said = state("vote", "streets", "a" * 64, {"verdict": "approve"})
    (tmp_path / "s.json").write_bytes(said.to_json())
    assert main(["sign", str(tmp_path / "s.json"), "--key", str(tmp_path / "my.key")]) == 0
    out, err = capsys.readouterr()
    envelope = SignedEnvelope.model_validate_json(out)
    assert envelope.content == said.to_json()
    assert verifies(read_public_key(tmp_path / "my.key.pub"), envelope.signatures[0], signed_bytes(envelope))
    assert made.public_key.id == envelope.signatures[0].keyid
    assert err.splitlines() == ["You sign: vote. It is about: streets.", f"digest {said.digest}"]


def test_what_is_no_statement_is_not_signed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_key_file(tmp_path / "my.key", "ed25519", "Ana")
    (tmp_path / "s.json").write_text('{"pay": "Eve"}')
    assert main(["sign", str(tmp_path / "s.json"), "--key", str(tmp_path / "my.key")]) == 3
    assert main(["sign", str(tmp_path / "none.json"), "--key", str(tmp_path / "my.key")]) == 2
    assert capsys.readouterr().out == ""
