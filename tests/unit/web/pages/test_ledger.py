"""The auditor reads the ledger; nobody else does, and a blind review stays blind to auditors too."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from civic_ai.review.findings import Finding
from civic_ai.review.ledger_export import read_export
from civic_ai.review.ledger_judged import judge_export
from civic_ai.review.ledger_trust import Trust
from civic_ai.review.policies import policies_in
from civic_ai.review.receipt import check_receipt
from civic_ai.web.desk import Desk
from civic_ai.web.pages import ledger
from tests.unit.review.made_case import COMMUNITY, PEOPLE
from tests.unit.review.made_ledger import LOG
from tests.unit.review.made_office import take, to_approval
from tests.unit.web.made_desk import reader

PAGES = ("/ledger/", "/ledger/0/", "/ledger/0/receipt.txt", "/ledger/verification/", "/ledger/export.zip")


def test_it_is_for_auditors(desk: Desk) -> None:
    to_approval(desk.office)
    for path in PAGES:
        assert reader("aud").get(path).status_code == 200, path
        for person in ("ona", "tec", "off", "cha", "coa"):
            assert reader(person).get(path).status_code == 403, (path, person)


def test_each_entry_is_listed_once_the_newest_first(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "ROWS", 7)
    to_approval(desk.office)
    size, path, found = desk.standing().size, "/ledger/", []
    assert size % 7
    while path:
        page = reader("aud").get(path).content.decode()
        found += [int(number) for number in re.findall(r'<a href="/ledger/(\d+)/">', page)]
        older = re.search(r'<a href="(\?before=\d+)" rel="next">', page)
        path = f"/ledger/{older[1]}" if older else ""
    assert found == list(range(size))[::-1]


def test_a_number_that_is_none_breaks_nothing(desk: Desk) -> None:
    take(desk.office, "open_case", "ona", "owner", people=PEOPLE, community=COMMUNITY)
    for asked in ("-1", "x", "9" * 30, "", "0", "%00", "٣"):
        assert reader("aud").get(f"/ledger/?before={asked}").status_code == 200, asked
    assert reader("aud").get("/ledger/999/").status_code == 404
    assert reader("aud").get("/ledger/999/receipt.txt").status_code == 404


def test_an_entry_shows_what_was_signed_and_its_receipt_proves_it(desk: Desk) -> None:
    to_approval(desk.office)
    page = reader("aud").get(f"/ledger/{desk.standing().size - 1}/").content.decode()
    assert "&#34;kind&#34;: &#34;close_vote&#34;" in page
    receipt = reader("aud").get("/ledger/3/receipt.txt").content.decode()
    assert not isinstance(check_receipt(receipt, LOG.public), Finding)


def test_a_blind_review_is_blind_for_auditors_too(desk: Desk) -> None:
    """At level II two reviews are asked for; the first is in."""
    for kind, by, role, given in BLIND:
        number = take(desk.office, kind, by, role, **given).entry.number
    client = reader("aud")
    page = client.get(f"/ledger/{number}/").content.decode()
    assert "This is a blind review" in page
    assert "because" not in page
    assert client.get(f"/ledger/{number}/receipt.txt").status_code == 403
    refused = client.get("/ledger/export.zip")
    assert refused.status_code != 200
    assert "still blind" in refused.content.decode()
    take(desk.office, "review", "equ", "equity_reviewer")
    assert "because" in client.get(f"/ledger/{number}/").content.decode()
    assert client.get("/ledger/export.zip").status_code == 200


BLIND: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("open_case", "ona", "owner", {"people": PEOPLE, "community": COMMUNITY}),
    ("submit", "ona", "owner", {}),
    ("propose_level", "off", "governance_officer", {"level": "II"}),
    ("confirm_level", "cha", "chair", {"level": "II"}),
    ("review", "tec", "technical_reviewer", {}),
)


def test_the_copy_verifies_elsewhere_and_is_the_same_each_time(desk: Desk, tmp_path: Path) -> None:
    take(desk.office, "open_case", "ona", "owner", people=PEOPLE, community=COMMUNITY)
    first, second = (reader("aud").get("/ledger/export.zip").content for _ in range(2))
    assert first == second
    zipfile.ZipFile(io.BytesIO(first)).extractall(tmp_path / "copy")
    folder = tmp_path / "copy" / "ledger"
    found = judge_export(read_export(folder), policies_in(folder), Trust(LOG.public))
    assert (found.is_good, found.size) == (True, desk.standing().size)


def test_a_ledger_that_was_altered_is_told_as_such(desk: Desk) -> None:
    take(desk.office, "open_case", "ona", "owner", people=PEOPLE, community=COMMUNITY)
    assert "entries are good" in reader("aud").get("/ledger/verification/").content.decode()
    with desk.office.ledger.engine.begin() as connection:
        for name in connection.execute(text("SELECT name FROM sqlite_master WHERE type='trigger'")).all():
            connection.execute(text(f"DROP TRIGGER {name[0]}"))
        connection.execute(text("UPDATE entries SET at = '2020-01-01T00:00:00.000000Z' WHERE number = 2"))
    assert "cannot be believed" in reader("aud").get("/ledger/verification/").content.decode()


def test_it_says_what_was_verified_and_when_and_verifies_all_again_when_asked(desk: Desk) -> None:
    take(desk.office, "open_case", "ona", "owner", people=PEOPLE, community=COMMUNITY)
    size, client = desk.standing().size, reader("aud")
    first = desk.office.reader.verified_so_far().whole_size
    assert 0 < first < size
    take(desk.office, "submit", "ona", "owner")
    page = client.get("/ledger/verification/").content.decode()
    assert f"All {size + 1} entries are good" in page
    assert f"The first {first} entries were verified in full on" in page
    assert "Every signature was checked just now" not in page
    whole = client.get("/ledger/verification/?whole=1").content.decode()
    assert f"All {size + 1} entries are good" in whole
    assert "Every signature was checked just now" in whole
    page = client.get("/ledger/verification/").content.decode()
    assert f"The first {size + 1} entries were verified in full on" in page
