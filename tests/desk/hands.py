"""How people work a page: with a pointer, or by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

Given = str | date | Path | Sequence[str]
"""What goes into a field: text or a code, a day, a file, names to tick."""
Control = Literal["radio", "checkbox", "file", "date", "select", "text"]
DAYS = {"en": "%m%d%Y", "es": "%d%m%Y", "pt": "%d%m%Y"}
"""How the digits of a day are typed, by the language of the browser."""
MOST_TABS, MOST_ARROWS = 400, 60
"""More than any page has places to stop at, and any field has answers."""


class Hands(Protocol):
    """What a person's hands do; where, says a CSS selector."""

    def use(self, page: Page, css: str) -> None:
        """Follow a link, or press a button."""

    def fill(self, page: Page, name: str, given: Given) -> None:
        """Give a field of a form what belongs in it."""


def goes(hands: Hands, page: Page, css: str) -> None:
    """Use what leads to another page, and wait until that stands."""
    with page.expect_navigation():
        hands.use(page, css)


def control_of(page: Page, name: str) -> Control:
    """What kind of field this is."""
    kinds: tuple[Control, ...] = ("radio", "checkbox", "file", "date")
    found = next((kind for kind in kinds if page.locator(f"{_called(name)}[type={kind}]").count()), None)
    return found or ("select" if page.locator(f"select{_called(name)}").count() else "text")


def _called(name: str) -> str:
    return f"[name='{name}']"


def _codes(given: Given) -> list[str]:
    assert not isinstance(given, date | Path)
    return [given] if isinstance(given, str) else list(given)


@dataclass(frozen=True)
class Pointer:
    """A mouse, or a finger."""

    def use(self, page: Page, css: str) -> None:
        """Click it."""
        page.click(css)

    def fill(self, page: Page, name: str, given: Given) -> None:
        """Click, choose or type, as the field asks."""
        control = control_of(page, name)
        if control in ("radio", "checkbox"):
            for code in _codes(given):
                box = page.locator(f"{_called(name)}[value='{code}']").get_attribute("id")
                page.click(f"label[for='{box}']")
        elif control == "select":
            page.select_option(f"select{_called(name)}", str(given))
        elif control == "file":
            page.set_input_files(_called(name), str(given))
        else:
            page.fill(f"main {_called(name)}", str(given))


@dataclass(frozen=True)
class Keyboard:
    """Tab, Enter, Space, arrows and letters; nothing is ever clicked. :func:`keyboard` makes one."""

    language: str

    def use(self, page: Page, css: str) -> None:
        """Tab to it, then Enter."""
        self._reach(page, page.locator(css).first)
        page.keyboard.press("Enter")

    def fill(self, page: Page, name: str, given: Given) -> None:
        """Tab to the field, then the keys that it understands."""
        fields = page.locator(f"main {_called(name)}")
        control = control_of(page, name)
        if control == "checkbox":
            for code in _codes(given):
                self._reach(page, page.locator(f"{_called(name)}[value='{code}']"))
                page.keyboard.press("Space")
            return
        self._reach(page, fields)
        if control == "radio":
            page.keyboard.press("Space")
            wanted = page.locator(f"{_called(name)}[value='{given}']")
            _press_until(page, "ArrowDown", wanted.is_checked)
        elif control == "select":
            _press_until(page, "ArrowDown", lambda: fields.input_value() == given)
        elif control == "file":
            with page.expect_file_chooser() as chooser:
                page.keyboard.press("Enter")
            chooser.value.set_files(str(given))
        else:
            page.keyboard.type(given.strftime(DAYS[self.language]) if isinstance(given, date) else str(given))
            assert fields.input_value() == str(given)

    def _reach(self, page: Page, wanted: Locator) -> None:
        """Tab until the focus is on one of these."""
        is_there = "ones => ones.includes(document.activeElement)"
        for _ in range(MOST_TABS):
            page.keyboard.press("Tab")
            if wanted.evaluate_all(is_there):
                return
        raise AssertionError(f"Tab never reaches {wanted} on {page.url}")


def keyboard(page: Page, language: str) -> Keyboard:
    """The keyboard before this page. Somebody listens for files from now on: a chooser that opens in the
    moment in which the first listener comes is lost."""
    page.on("filechooser", lambda chooser: None)
    return Keyboard(language)


def _press_until(page: Page, key: str, is_done: Callable[[], bool]) -> None:
    for _ in range(MOST_ARROWS):
        if is_done():
            return
        page.keyboard.press(key)
    raise AssertionError(f"{key} never gets there on {page.url}")
