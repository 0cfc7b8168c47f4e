from __future__ import annotations

from pathlib import Path

import pytest

from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import LANGUAGES, governance_folder
from civic_ai.policy.load import load_policy

TEXT = (governance_folder() / "policy.yaml").read_text("utf-8")


def refuse(folder: Path, old: str, new: str) -> str:
    assert old in TEXT
    (folder / "policy.yaml").write_text(TEXT.replace(old, new), "utf-8")
    with pytest.raises(ConfigError) as caught:
        load_policy(folder / "policy.yaml")
    return str(caught.value)


def test_the_policy_that_came_along_is_sound_and_speaks_three_languages() -> None:
    policy = load_policy()
    assert len(policy.gates) >= 12
    for gate in policy.gates:
        for text in (gate.asks, gate.why):
            said = [getattr(text, language) for language in LANGUAGES]
            assert all(said)
            assert len(set(said)) == len(LANGUAGES)


def test_every_mistake_is_said_with_its_line(tmp_path: Path) -> None:
    message = refuse(tmp_path, 'must_be: "> 1.0"', 'must_be: "more than 1"')
    line = next(i for i, text in enumerate(TEXT.splitlines(), 1) if 'must_be: "> 1.0"' in text)
    assert "gates[0].must_be: is not a condition: more than 1" in message
    assert f"policy.yaml:{line}" in message


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("id: labels-matured", "id: contract-held", "contract-held is given twice"),
        ("waivable_by: data_steward", "waivable: data_steward", "Did you mean waivable_by?"),
        ("minimum: 11", "minimum: 3", "must be at least 5, not 3"),
        ("disparity_ratio: 1.25", "disparity_ratio: 0.8", "must be greater than 1"),
    ],
)
def test_what_would_weaken_the_board_unseen_is_refused(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert says in refuse(tmp_path, old, new)


def test_a_city_can_change_a_bound_and_the_digest_tells(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(TEXT.replace('must_be: "<= 0.02"', 'must_be: "<= 0.05"'), "utf-8")
    assert load_policy(tmp_path / "policy.yaml").digest != load_policy().digest
