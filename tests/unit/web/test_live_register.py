"""The register at the desk is the site that `publish` writes, byte for byte, and follows the ledger."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from civic_ai.cards.verification import verify
from civic_ai.review.public_record import gather
from civic_ai.review.publication import publish
from civic_ai.web.desk import Desk
from civic_ai.web.live_register import LiveRegister
from civic_ai.web.pages.register import TYPES
from tests.unit.cards.made_city import City
from tests.unit.cards.made_published import made_folder
from tests.unit.review.made_ledger import LOG
from tests.unit.review.made_office import to_approval
from tests.unit.web.made_desk import reader

PILOT = "made-potholes"


@pytest.fixture
def published(desk: Desk) -> Path:
    """The folder of a dossier that was handed in and approved; another pilot has none."""
    made = made_folder(City())
    digest = verify(made).digest
    folder = desk.dossier_folder(PILOT, digest)
    shutil.copytree(made, folder)
    to_approval(desk.office, PILOT, digest)
    to_approval(desk.office, "another")
    return folder


def test_it_is_what_publish_writes(desk: Desk, published: Path, tmp_path: Path) -> None:
    """Every file that stands on the disk after `publish`, over HTTP, byte for byte, and no file more."""
    site = tmp_path / "site"
    publish(gather(desk.office, {PILOT: published}, LOG.public, desk.today()), site)
    written = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    assert set(LiveRegister().site(desk)) == written
    anybody = reader(None)
    for path in written:
        assert anybody.get(f"/register/{path}").content == (site / path).read_bytes(), path


def test_everybody_reads_each_file_without_a_login(desk: Desk, published: Path) -> None:
    for path, make in LiveRegister().site(desk).items():
        answer = reader(None).get(f"/register/{path}")
        assert (answer.status_code, answer.content) == (200, make()), path
        assert answer.headers["Content-Type"] == TYPES.get(Path(path).suffix, "text/plain; charset=utf-8")
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert reader(None).get("/register/").content == reader(None).get("/register/index.html").content


def test_nothing_else_is_handed_out(desk: Desk, published: Path) -> None:
    for path in (
        "../ledger.sqlite",
        "..%2f..%2fkeys/log.key",
        f"en/{PILOT}/../../../keys/log.key",
        "board/model_card.en.html",
        f"en/{PILOT}/board_brief.en.json",
        "//etc/passwd",
    ):
        assert reader(None).get(f"/register/{path}").status_code == 404, path


def test_it_follows_the_ledger_and_reads_a_dossier_once(
    desk: Desk, published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = LiveRegister()
    before = live.site(desk)
    assert live.site(desk) is before
    to_approval(desk.office, "one-more")
    shutil.rmtree(published / "full")  # read again, it would be refused as altered
    assert b"one-more" in live.site(desk)["register.json"]()


def test_an_altered_dossier_closes_the_register_and_tells_no_reader_where_it_lies(
    desk: Desk, published: Path
) -> None:
    (published / "manifest.json").write_bytes((published / "manifest.json").read_bytes() + b" ")
    answer = reader(None).get("/register/")
    said = answer.content.decode()
    assert answer.status_code == 503
    assert "The public register cannot be shown just now" in said
    assert str(published) not in said
    assert PILOT not in said
