"""The demonstration in a real browser: one server and one browser for the whole session.

Skipped, with the reason, where Chromium, the desk's libraries or its assets are not at hand.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "src" / "civic_ai" / "web" / "static"
AXE = ROOT / "assets" / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = os.environ.get("CIVIC_AI_CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_PASSWORD = re.compile(r"^(\w+)\s+([\w-]{16})\s", re.MULTILINE)


@dataclass(frozen=True)
class Running:
    """The demonstration at its address, with everybody's password."""

    address: str
    passwords: dict[str, str]
    home: Path


def what_is_missing() -> str | None:
    """Why no page can be looked at here; None: all is at hand."""
    if not Path(CHROMIUM).is_file():
        return f"no browser at {CHROMIUM}: apt-get install --no-install-recommends chromium"
    if not (STATIC / "manifest.json").is_file() or not AXE.is_file():
        return "the desk's assets are not built: make assets"
    return None


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The demonstration, once for all tests."""
    pytest.importorskip("django", reason="the desk's libraries are not installed (civic-ai[desk])")
    with start_demo(tmp_path_factory.mktemp("demo")) as started:
        yield started


@contextmanager
def start_demo(folder: Path) -> Iterator[Running]:
    """``civic-ai desk --demo`` in a process of its own."""
    home, port = folder / "home", free_port()
    words = ("civic_ai.cli", "desk", "--demo", "--port", str(port), "--workspace", str(home))
    with started(words, home, port) as running:
        yield running
    shutil.rmtree(home, ignore_errors=True)  # two hundred megabytes


@contextmanager
def started(words: Sequence[str], home: Path, port: int) -> Iterator[Running]:
    """A desk that ``python -m`` with these words starts, once it answers; at the end it is stopped."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "CIVIC_AI_LANGUAGE": "en"}
    with subprocess.Popen(
        [sys.executable, "-m", *words], env=environment, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        said = ""
        while "http://" not in said:
            line = server.stdout.readline()
            assert line, f"the desk did not start:\n{said}"
            said += line
        try:
            yield Running(f"http://localhost:{port}", dict(_PASSWORD.findall(said)), home)
        finally:
            server.terminate()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for the tests of a file: while it stands, Django opens no database in this process."""
    pytest.importorskip("playwright", reason="playwright is not installed")
    if why := what_is_missing():
        pytest.skip(why)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield found
        found.close()


@dataclass
class Reader:
    """A person at the desk, or nobody. What pages ask of other hosts, and complain of, is noted."""

    context: BrowserContext
    page: Page
    address: str
    elsewhere: list[str]
    complaints: list[str]

    def opens(self, path: str) -> None:
        """Go to a page of the desk; it must answer."""
        answer = self.page.goto(self.address + path)
        assert answer is not None
        assert answer.status == 200, f"{path}: {answer.status}"

    def signs_in(self, account: str, password: str) -> None:
        """By the form."""
        self.opens("/login/")
        self.page.fill("#name", account)
        self.page.fill("#password", password)
        self.page.click("main button")
        assert self.page.url.rstrip("/") == self.address, self.page.locator("main").inner_text()

    def violations(self) -> list[tuple[str, list[str]]]:
        """What axe-core finds on the page as it stands."""
        self.page.evaluate(AXE.read_text("utf-8"))
        found: list[dict[str, Any]] = self.page.evaluate(
            "tags => axe.run(document, {runOnly: tags}).then(found => found.violations)", list(TAGS)
        )
        return [(one["id"], [node["html"][:160] for node in one["nodes"]]) for one in found]

    def out_of_sight(self) -> list[str]:
        """What the focus can reach and no eye: links and buttons that stand beside the page."""
        beside = "one => one.getClientRects().length && one.getBoundingClientRect().right <= 0"
        links = self.page.locator("main a, main button")
        found: list[str] = links.evaluate_all(f"all => all.filter({beside}).map(one => one.innerText)")
        return found

    def is_too_wide(self) -> bool:
        """Whether a reader must scroll sideways."""
        wide: bool = self.page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )
        return wide


def new_reader(browser: Browser, running: Running, language: str, scripts: bool = True) -> Reader:
    """Somebody with a browser of their own."""
    context = browser.new_context(locale=language, java_script_enabled=scripts)
    page = context.new_page()
    reader = Reader(context, page, running.address, [], [])
    page.on("request", lambda asked: _note_elsewhere(reader, asked.url))
    page.on("console", lambda said: reader.complaints.append(said.text) if said.type == "error" else None)
    return reader


def _note_elsewhere(reader: Reader, url: str) -> None:
    if not url.startswith((reader.address, "data:")):
        reader.elsewhere.append(url)


def free_port() -> int:
    """One that nobody listens at now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
