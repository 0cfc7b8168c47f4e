from __future__ import annotations

import socket

import lightgbm

from civic_ai.core.environment import library_versions, machine, python_version


def test_versions_are_those_that_are_installed() -> None:
    versions = library_versions()
    assert versions["lightgbm"] == lightgbm.__version__
    assert "absent" not in versions.values()


def test_no_host_name_is_told() -> None:
    told = f"{python_version()} {machine()} {library_versions()}"
    assert socket.gethostname() not in told
