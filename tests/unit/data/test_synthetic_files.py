"""Files that appear whole or not at all, once."""

import signal
import subprocess
import sys
import textwrap

import pandas as pd
import pyarrow as pa
import pytest

from civic_ai.core.errors import StoreError
from civic_ai.data.synthetic_files import TRUTH_WARNING, code_name, csv_bytes, read_truth, write_folder_once


def run_python(code, *arguments):
    return subprocess.Popen([sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)])


def test_csv_has_plain_values_and_empty_blanks():
    moments = pd.Series(["2020-01-02 03:04:05", None]).astype("datetime64[s]")
    frame = pd.DataFrame({"a": ["x", None], "at": moments, "n": [1.5, None]})
    assert csv_bytes(frame) == b"a,at,n\nx,2020-01-02 03:04:05,1.5\n,,\n"


def test_csv_refuses_what_would_need_quotes():
    with pytest.raises(pa.ArrowInvalid):
        csv_bytes(pd.DataFrame({"a": ["x,y"]}))


def test_a_second_call_makes_nothing(tmp_path):
    made = []

    def make():
        made.append(1)
        return {"a.csv": b"1"}

    for _ in range(3):
        write_folder_once(tmp_path / "below" / "city", make)
    assert made == [1]
    assert (tmp_path / "below" / "city" / "a.csv").read_bytes() == b"1"


def test_what_a_killed_process_left_is_made_anew(tmp_path):
    killed = run_python(
        """
        import os, pathlib, signal, sys
        from civic_ai.data.synthetic_files import write_folder_once

        class Files(dict):
            def items(self):
                yield "a.csv", b"half"
                os.kill(os.getpid(), signal.SIGKILL)

        write_folder_once(pathlib.Path(sys.argv[1]) / "city", Files)
        """,
        tmp_path,
    )
    assert killed.wait(30) == -signal.SIGKILL
    assert not (tmp_path / "city").exists()
    assert list(tmp_path.glob("*/a.csv"))
    write_folder_once(tmp_path / "city", lambda: {"b.csv": b"whole"})
    assert [path.name for path in (tmp_path / "city").iterdir()] == ["b.csv"]
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["city"]


def test_two_processes_at_once_make_it_once(tmp_path):
    code = """
        import pathlib, sys, time
        from civic_ai.data.synthetic_files import write_folder_once
        here = pathlib.Path(sys.argv[1])

        def make():
            with (here / "made").open("a") as log:
                log.write("x")
            time.sleep(0.3)
            return {"a.csv": b"1", "b.csv": b"2"}

        (here / sys.argv[2]).touch()
        while len(list(here.glob("ready-*"))) < 2:
            time.sleep(0.01)
        write_folder_once(here / "city", make)
        assert len(list((here / "city").iterdir())) == 2
        """
    both = [run_python(code, tmp_path, f"ready-{k}") for k in "ab"]
    assert [process.wait(60) for process in both] == [0, 0]
    assert (tmp_path / "made").read_text() == "x"


def test_a_place_that_cannot_be_written_is_a_clear_error(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreError) as caught:
        write_folder_once(tmp_path / "file" / "city", dict)
    assert caught.value.exit_code == 1


def test_truth_is_no_plain_csv(tmp_path):
    path = tmp_path / "truth_areas.csv"
    path.write_bytes(TRUTH_WARNING.encode() + b"area_id,n\nR1,2\n")
    assert "," not in path.read_text().splitlines()[0]
    assert read_truth(path).to_dict("records") == [{"area_id": "R1", "n": 2}]


def test_code_name_changes_with_any_source(tmp_path):
    (tmp_path / "synthetic.py").write_text("a = 1")
    (tmp_path / "other.py").write_text("b = 1")
    before = code_name(tmp_path)
    (tmp_path / "other.py").write_text("b = 2")
    assert code_name(tmp_path) == before
    (tmp_path / "synthetic_need.py").write_text("")
    assert code_name(tmp_path) != before
