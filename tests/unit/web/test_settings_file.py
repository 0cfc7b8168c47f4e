"""The desk's file of settings: every mistake at its line, paths below its folder, no password in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from civic_ai.core.errors import ConfigError
from civic_ai.web.settings import DeskSettings
from civic_ai.web.settings_file import VARIABLE, read_settings, settings_of

WHOLE = """
home: workspace
pilots: /srv/pilots
policy: policy.yaml
address: https://desk.city.example
is_behind_proxy: true
database: postgresql://desk@/desk?host=/run/postgresql
sign_on:
  name: the City
  issuer: https://login.city.example
  client_id: desk
  secret_file: sign-on.secret
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "desk.yaml"
    file.write_text(text, "utf-8")
    return file


def test_paths_are_below_the_folder_of_the_file(tmp_path: Path) -> None:
    found = read_settings(written(tmp_path, WHOLE))
    assert (found.home, found.pilots) == (tmp_path / "workspace", Path("/srv/pilots"))
    assert found.policy == tmp_path / "policy.yaml"
    assert found.log_key is None
    assert found.sign_on is not None
    assert found.sign_on.secret_file == tmp_path / "sign-on.secret"
    assert found.is_behind_proxy


def test_the_same_in_json(tmp_path: Path) -> None:
    made = DeskSettings(home=tmp_path, address="https://desk.city.example", is_behind_proxy=True)
    assert read_settings(written(tmp_path, made.model_dump_json(exclude_none=True))) == made.model_copy(
        update={"pilots": tmp_path / "pilots"}
    )


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("home: w\naddres: https://x.example\n", 2, "Did you mean address"),
        ("home: w\naddress: x.example\n", 2, "x.example"),
        ("pilots: p\n", 1, "is missing"),
        ("home: w\n\nsign_on:\n  name: c\n  issuer: http://x.example\n", 5, "http://x.example"),
        ("home: w\nis_behind_proxy: perhaps\n", 2, "true or false"),
        ("home: w\nledger: postgresql://me:hunter2@db/x\n", 2, "holds a password"),
        ("home: w\ndatabase: postgresql://me@db/x?password=hunter2\n", 2, "PGPASSFILE"),
    ],
)
def test_a_mistake_is_said_at_its_line(tmp_path: Path, text: str, line: int, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_settings(written(tmp_path, text))
    told = caught.value.text()
    assert f"desk.yaml:{line}" in told
    assert says in told
    assert "hunter2" not in told


def test_the_environment_names_the_file(tmp_path: Path) -> None:
    file = written(tmp_path, WHOLE)
    assert settings_of({VARIABLE: str(file)}) == settings_of({}, file) == read_settings(file)
    assert settings_of({"CIVIC_AI_HOME": str(tmp_path)}) == DeskSettings(home=tmp_path)
