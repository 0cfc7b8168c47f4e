"""Headers, sessions, giants, hostile and malformed requests: refused or escaped, never a 500."""

from __future__ import annotations

import html
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.test import RequestFactory

from civic_ai.web import security
from civic_ai.web.desk import Desk
from civic_ai.web.settings import IDLE, LONGEST, MOST_BYTES, MOST_UPLOADED
from tests.unit.review.made_office import PILOT, TO_APPROVAL, take
from tests.unit.web.made_desk import reader

COMMENT = f"/cases/{PILOT}/steps/comment/"
HOSTILE = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "'><svg/onload=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "</textarea><script>alert(1)</script>",
    "javascript:alert(1)",
    "<!--#exec cmd=\"/bin/ls\"-->",
    "=HYPERLINK(\"http://x.example\")",
    "' OR 1=1; DROP TABLE entries; --",
    "../../../../etc/passwd",
    "%00%0d%0aSet-Cookie: a=b",
    "\u202egnp.exe",
    "\ufeff\u200b x",
    "a\r\nb\rc",
    "ÅéñçãóÜ 市 🏙️",
    "&lt;b&gt;&amp;",
    "<a href='//evil.example'>here</a>",
    "<style>*{display:none}</style>",
    "{person} {0} %s %(name)s",
    "x" * 10_000,
]  # fmt: skip


@pytest.fixture
def opened(desk: Desk) -> Desk:
    for kind, by, role, given in TO_APPROVAL[:2]:
        take(desk.office, kind, by, role, **given)
    return desk


@pytest.mark.parametrize("said", HOSTILE)
def test_hostile_words_are_shown_as_they_are_and_do_nothing(opened: Desk, said: str) -> None:
    client = reader("coa")
    client.raise_request_exception = False
    response = client.post(COMMENT, {"text": said})
    assert response.status_code == 302, response.status_code
    page = client.get(response.headers["Location"]).content.decode()
    plain = said.replace("\r\n", "\n").strip()
    assert str(html.escape(plain)).replace("&#x27;", "&#39;").replace("&quot;", "&#34;") in page
    assert "<script>" not in page
    assert " onerror=alert" not in page.replace("&lt;img src=x onerror=alert", "")


@pytest.mark.parametrize(
    "body",
    [
        {"text": "x" * 10_001},
        {"text": " \n"},
        {"text": "nul \x00 inside", "role": "king"},
        {f"findings.{number}.text": "x" for number in range(400)},
        {"findings.99999999.text": "x", "people.-1.person": "y", "..": "z"},
        {"text": "\udfff".encode("utf-8", "surrogatepass")},
        {"more": "nothing"},
        {"dossier": "../../../etc", "answered": "A01", "by": "off", "at": "2020-01-01"},
    ],
    ids=str,
)
def test_malformed_forms_are_answered_and_nothing_is_entered(opened: Desk, body: dict[str, object]) -> None:
    size = len(opened.office.ledger.entries())
    client = reader("ona")
    client.raise_request_exception = False
    for kind in ("comment", "propose_level", "declare_conflict", "release"):
        status = client.post(f"/cases/{PILOT}/steps/{kind}/", body).status_code
        assert status < 500
    assert len(opened.office.ledger.entries()) == size


def test_too_many_fields_and_broken_bodies_are_refused(opened: Desk) -> None:
    client = reader("ona")
    client.raise_request_exception = False
    many = {f"field-{number}": "x" for number in range(501)}
    assert client.post(COMMENT, many).status_code == 400
    large = "text=" + "x" * (MOST_BYTES + 1)
    form = "application/x-www-form-urlencoded"
    assert client.post(COMMENT, large, content_type=form).status_code == 400
    assert client.post(COMMENT, b"--x\r\nbroken", content_type="multipart/form-data").status_code == 400
    bounded = "multipart/form-data; boundary=x"
    assert client.post(COMMENT, b"--x\r\nbroken", content_type=bounded).status_code < 500
    assert client.post(COMMENT, b"\xff\xfe=\xff", content_type=form).status_code < 500


@pytest.mark.parametrize("length", [str(MOST_UPLOADED + 1), "-1", "many", "9" * 5000])
def test_giants_are_answered_before_they_are_read(desk: Desk, length: str) -> None:
    request = RequestFactory().post("/login/", {}, CONTENT_LENGTH=length)
    response = security.refuse_giants(lambda request: pytest.fail("it was read"))(request)
    assert response.status_code == 413
    assert "a file of 8 megabytes at most" in response.content.decode()
    assert reader("ona").post("/login/", {}, CONTENT_LENGTH=length).status_code == 413


@pytest.mark.parametrize(
    "path",
    [
        "/cases/../../etc/passwd/",
        "/cases/%2e%2e/",
        "/static/../settings.py",
        "/cases/<script>/",
        "/cases/streets/entries/99999999999999999999/",
        "/cases/streets/dossiers/....../",
        "/sign/99999999999999999999/",
    ],
)
def test_no_path_leads_outside(opened: Desk, path: str) -> None:
    client = reader("ona")
    client.raise_request_exception = False
    assert client.get(path).status_code in (400, 404)


def test_each_answer_carries_the_headers(desk: Desk) -> None:
    for path in ("/", "/login/", "/nowhere/"):
        headers = reader("ona").get(path).headers
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:8000"])
def test_another_host_is_refused_and_told_where_the_desk_is(desk: Desk, host: str) -> None:
    answer = reader("ona").get("/", headers={"Host": host})
    assert answer.status_code == 400
    assert f"Open {settings.CIVIC_AI.address}" in answer.content.decode()


@pytest.mark.parametrize(
    ("later", "is_over"), [(IDLE.total_seconds() - 60, False), (IDLE.total_seconds() + 1, True)]
)
def test_a_session_that_nobody_uses_ends(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, later: float, is_over: bool
) -> None:
    client, now = reader("ona"), [1_800_000_000.0]
    monkeypatch.setattr(security, "time", SimpleNamespace(time=lambda: now[0]))
    assert client.get("/").status_code == 200
    now[0] += later
    assert (client.get("/").status_code == 302) == is_over


def test_a_session_that_is_used_ends_too(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    client, now = reader("ona"), [1_800_000_000.0]
    monkeypatch.setattr(security, "time", SimpleNamespace(time=lambda: now[0]))
    seen = []
    for _ in range(int(LONGEST.total_seconds() // 3600) + 2):
        seen.append(client.get("/").status_code)
        now[0] += 3600
    assert seen[:13] == [200] * 13
    assert seen[13] == 302


def test_what_a_proxy_says_counts_only_behind_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    request = RequestFactory().get("/", headers={"X-Forwarded-For": "203.0.113.9, 198.51.100.7"})
    assert security.address_of(request) == "127.0.0.1"
    monkeypatch.setattr(settings, "CIVIC_AI", desk.settings.model_copy(update={"is_behind_proxy": True}))
    assert security.address_of(request) == "198.51.100.7"
    for said in ("203.0.113.9:51234", "a proxy", "203.0.113.9, ", "'"):
        request.META["HTTP_X_FORWARDED_FOR"] = said
        assert security.address_of(request) == "127.0.0.1"
