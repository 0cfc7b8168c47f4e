from __future__ import annotations

import socket
from importlib.util import find_spec

import lightgbm

from civic_ai.core.environment import EXTRAS, LIBRARIES, library_versions, machine, python_version


def test_versions_are_those_that_are_installed() -> None:
    versions = library_versions()
    assert versions["lightgbm"] == lightgbm.__version__
    assert "absent" not in {versions[name] for name in LIBRARIES}


def test_an_extra_that_is_not_there_is_told_as_absent() -> None:
    versions = library_versions()
    for name in EXTRAS:
        is_there = find_spec(name.replace("-", "_")) is not None
        assert (versions[name] != "absent") == is_there


def test_no_host_name_is_told() -> None:
    told = f"{python_version()} {machine()} {library_versions()}"
    assert socket.gethostname() not in told
