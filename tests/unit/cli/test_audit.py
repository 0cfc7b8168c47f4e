from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from civic_ai.cli.main import main
from tests.unit.audit.test_table import scored


@pytest.fixture(params=["csv", "parquet"])
def table(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path, frame = tmp_path / f"scored.{request.param}", scored(40_000, seed=3)
    frame.to_csv(path, index=False) if request.param == "csv" else frame.to_parquet(path)
    return path


ASKED = ["--label", "late", "--score", "listed", "--group", "group", "--intervention", "assistive"]


def test_a_table_is_told_with_figures_and_verdicts(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", str(table), *ASKED]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Served about equally")
    assert "ratio_lower" in out


def test_json_holds_what_the_frame_holds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "gap.csv"
    scored(40_000, seed=3, gap=0.4).to_csv(path, index=False)
    assert main(["audit", str(path), *ASKED, "--json"]) == 3
    told = json.loads(capsys.readouterr().out)
    assert (told["schema"], told["verdict"], told["rows"]) == ("audit/1", "fail", 40_000)
    frame = pd.DataFrame(told["figures"]).query("metric == 'recall'").set_index("group")
    assert frame.loc["b", "verdict"] == "fail"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, (4, "there is no such file")),
        ("late,listed\n1,1\n", (2, "there is no such column")),
        ('late,listed,group\n1,1,"a\n', (4, "cannot be read as a table")),
        ("late,listed,group\n1,.3,a\n0,.2,b\n", (2, "how many can be visited")),
    ],
)
def test_bad_input_names_file_and_remedy(
    text: str | None, expected: tuple[int, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.csv"
    if text is not None:
        path.write_text(text)
    assert main(["audit", str(path), *ASKED]) == expected[0]
    told = capsys.readouterr()
    assert expected[1] in told.err
    assert "bad.csv" in told.err
    assert told.out == ""
