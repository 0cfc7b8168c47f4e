from __future__ import annotations

import pytest

from civic_ai.records.ledger import Checkpoint
from civic_ai.review.checkpoint import is_signed_by_log, open_checkpoint, read_checkpoint, sign_checkpoint
from civic_ai.review.note import read_note, read_verifier_key
from tests.unit.review.made_ledger import LOG, OTHER_LOG, WITNESS

CHECKPOINT = Checkpoint(origin=LOG.name, size=7, root="ab" * 32)


def test_the_published_example_of_c2sp_is_read() -> None:
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    read = read_checkpoint(text)
    assert (read.origin, read.size, read.text) == ("example.com/behind-the-sofa", 20852163, text)


def test_a_checkpoint_is_signed_and_opened() -> None:
    note = sign_checkpoint(CHECKPOINT, LOG)
    assert note.startswith(CHECKPOINT.text + "\n— city.example/ledger ")
    assert open_checkpoint(note, LOG.public) == CHECKPOINT


def test_another_log_did_not_sign_it() -> None:
    note = sign_checkpoint(CHECKPOINT, LOG)
    assert open_checkpoint(note, OTHER_LOG.public) is None
    assert open_checkpoint(note, WITNESS.public) is None
    assert open_checkpoint(sign_checkpoint(CHECKPOINT, OTHER_LOG), OTHER_LOG.public) is None  # not its origin


def test_a_good_line_beside_a_bad_one_of_the_same_key_is_not_believed() -> None:
    note = sign_checkpoint(CHECKPOINT, LOG)
    assert is_signed_by_log(read_note(note + note.split("\n\n")[1]), LOG.public)
    assert not is_signed_by_log(read_note(note + LOG.line(b"\0" * 64)), LOG.public)
    assert is_signed_by_log(read_note(note + OTHER_LOG.line(b"\0" * 64)), LOG.public)


def test_every_altered_character_is_noticed() -> None:
    note = sign_checkpoint(CHECKPOINT, LOG)
    for place in range(len(note)):
        changed = note[:place] + ("A" if note[place] != "A" else "B") + note[place + 1 :]
        try:
            assert open_checkpoint(changed, LOG.public) is None
        except ValueError:
            continue


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n07\n" + "A" * 43 + "=\n",
        "a\n-1\n" + "A" * 43 + "=\n",
        "a\n1\n" + "A" * 43 + "=",
        "a\n1\n" + "A" * 42 + "B=\n",
        "a\n1\n" + "A" * 43 + "=\nmore\n",
        "a b\n1\n" + "A" * 43 + "=\n",
        "a\n1000000000000000\n" + "A" * 43 + "=\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no checkpoint|base64"):
        read_checkpoint(text)


def test_a_witness_is_no_log() -> None:
    as_log = read_verifier_key(LOG.public.text)
    assert open_checkpoint(sign_checkpoint(CHECKPOINT, WITNESS), as_log) is None
