from __future__ import annotations

import json

from civic_ai.web.desk import Desk
from tests.unit.review.made_case import COMMUNITY, DIGESTS, PEOPLE
from tests.unit.review.made_office import take, to_approval
from tests.unit.web.made_desk import reader


def test_every_pilot_is_listed_with_its_state_and_filters_are_links(desk: Desk) -> None:
    to_approval(desk.office)
    folder = desk.dossier_folder("streets", DIGESTS["A"])
    folder.mkdir(parents=True)
    (folder / "spec.json").write_text(json.dumps({"title": {"es": "¿Dónde?"}, "owner": "<b>Roads</b>"}))
    page = reader("ona", "es").get("/portfolio/").content.decode()
    assert "¿Dónde?" in page
    assert "&lt;b&gt;Roads&lt;/b&gt;" in page
    assert "20 de julio de 2026" in page
    assert 'href="?phase=approved"' in page
    assert "¿Dónde?" in reader("ona").get("/portfolio/?phase=approved&words=roads").content.decode()
    assert "No pilot fits this choice." in reader("ona").get("/portfolio/?phase=ended").content.decode()


def test_who_has_no_part_in_a_case_reads_its_row_and_gets_no_link_to_it(desk: Desk) -> None:
    people = tuple(pair for pair in PEOPLE if pair[0] != "aud")
    take(desk.office, "open_case", "ona", "owner", people=people, community=COMMUNITY)
    with_link, without = (reader(one).get("/portfolio/").content.decode() for one in ("ona", "aud"))
    assert 'href="/cases/streets/"' in with_link
    assert "streets" in without
    assert 'href="/cases/streets/"' not in without
