"""Attacks of CONTROLS.md T9 to T12 and T23 on every route and form: no success, no 500.

``experiments/026-desk-attacks`` does the same in a real browser, with more words and bodies.
"""

from __future__ import annotations

import io
import logging
import re
import zipfile
from base64 import b64decode
from collections.abc import Iterator
from itertools import cycle, islice

import pytest

pytest.importorskip("django", reason="the desk's libraries are not installed (civic-ai[desk])")

from tests.unit.web import made_django  # noqa: F401, I001  (first: it tells Django what it needs)
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import get_resolver, reverse

from civic_ai.records.action import ACTIONS
from civic_ai.review.envelope import seal_envelope
from civic_ai.review.signatures import sign_statement
from civic_ai.web.accounts.models import Member
from civic_ai.web.desk import Desk
from civic_ai.web.drafts.models import Draft
from civic_ai.web.guard import Route
from civic_ai.web.log import Bare
from civic_ai.web.routes import ROUTES
from civic_ai.web.steps import form
from civic_ai.web.steps.fields import Around, FormField, fields_of
from civic_ai.web.steps.offers import roles_for
from tests.unit.review.made_case import PEOPLE, act, deed
from tests.unit.review.made_ledger import key_file
from tests.unit.review.made_office import PILOT, TO_APPROVAL, take
from tests.unit.web.conftest import accounts, desk  # noqa: F401  (fixtures)
from tests.unit.web.made_desk import BACKEND, reader
from tests.unit.web.test_routes import NAMED
from tests.unit.web.test_security import HOSTILE

MARKER = "the-marker-of-a-blind-review"
LIVE = re.compile(r"<script>|<script/|<img src=x|<svg/onload|<style>\*|<a href='//evil", re.IGNORECASE)
"""Words of the hostile strings that would be alive in a page."""


def address(route: Route, **named: object) -> str:
    """The path of a route, with these in its places."""
    pattern = next(each for each in get_resolver().url_patterns if each.name == route.name)
    known = NAMED | {"number": 1, "draft": 1} | named
    return reverse(route.name, kwargs={each: known[each] for each in pattern.pattern.converters})


def begun(desk: Desk, many: int) -> None:
    for kind, by, role, given in TO_APPROVAL[:many]:
        take(desk.office, kind, by, role, **given)


# Cross-site request forgery (T10)


@pytest.mark.parametrize(
    "route", [each for each in ROUTES if "POST" in each.methods], ids=lambda each: each.name
)
@pytest.mark.parametrize("token", [None, "x" * 32])
def test_a_form_of_another_site_does_nothing(desk: Desk, route: Route, token: str | None) -> None:
    begun(desk, 2)
    client = Client(enforce_csrf_checks=True)
    client.force_login(Member.objects.get(person="off"), BACKEND)
    sent = {"text": "x", "language": "es", "name": "off", "password": "x"}
    answer = client.post(address(route), sent | ({} if token is None else {"csrfmiddlewaretoken": token}))
    assert answer.status_code == 403
    assert "Nothing was done" in answer.content.decode()
    assert not Draft.objects.exists()
    assert client.get("/").status_code == 200, "still signed in"


# Blind first reviews (PAGES.md; session brief)


@pytest.fixture
def blind(desk: Desk) -> tuple[Desk, int]:
    """A case with one of two first reviews in, and another of the same reviewer's begun."""
    begun(desk, 2)
    take(desk.office, "propose_level", "off", "governance_officer", level="II")
    take(desk.office, "confirm_level", "cha", "chair", level="II")
    action = act(deed("review", "tec", "technical_reviewer"))
    found = {"id": "f", "severity": "major", "text": f"{MARKER} too"}
    action = type(action).model_validate({**action.model_dump(), "reason": MARKER, "findings": (found,)})
    statement, key = desk.office.prepare(PILOT, action), key_file("tec")
    Draft.objects.keep(Member.objects.get(person="tec"), statement, PILOT)
    entered = desk.office.enter(
        seal_envelope(statement, [sign_statement(statement, key.public_key, key.key)])
    )
    Member.objects.add("zoe", "zoe", None)
    return desk, entered.entry.number


@pytest.mark.parametrize("person", ["ona", "equ", "cha", "off", "coa", "aud", "zoe", None])
def test_nobody_reads_a_first_review_before_all_are_in(blind: tuple[Desk, int], person: str | None) -> None:
    client, draft = reader(person), Draft.objects.get().pk
    opened = []
    for route in ROUTES:
        if "GET" not in route.methods:
            continue
        kinds = ACTIONS if "<slug:kind>" in route.path else ("comment",)
        for kind in kinds:
            answer = client.get(address(route, number=blind[1], draft=draft, kind=kind))
            assert answer.status_code < 500, route.name
            assert MARKER not in spelt_out(answer.content), (route.name, kind)
            opened += [route.name] if answer.status_code == 200 else []
    assert opened
    assert ("case" in opened) == (person not in ("zoe", None))
    assert ("ledger_entry" in opened) == (person == "aud")
    assert not {"ledger_export", "ledger_receipt", "receipt", "sign", "statement"} & set(opened)


def test_its_author_and_later_everybody_reads_it(blind: tuple[Desk, int]) -> None:
    case = f"/cases/{PILOT}/"
    receipt = f"{case}entries/{blind[1]}/receipt.txt"
    assert MARKER in reader("tec").get(case).content.decode()
    assert MARKER in spelt_out(reader("tec").get(receipt).content), "the test would notice"
    take(blind[0].office, "review", "equ", "equity_reviewer")
    assert MARKER in reader("ona").get(case).content.decode()
    assert MARKER in spelt_out(reader("aud").get("/ledger/export.zip").content)


def spelt_out(content: bytes) -> str:
    """The text of an answer, with what stands in it packed or in base64."""
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "".join(spelt_out(archive.read(name)) for name in archive.namelist())
    coded = re.findall(rb"[A-Za-z0-9+/]{24,}={0,2}", content)
    spelt = [b64decode(each[: len(each) // 4 * 4]).decode("utf-8", "replace") for each in coded]
    return content.decode("utf-8", "replace") + "".join(
        spelt + [deeper for each in spelt for deeper in _again(each)]
    )


def _again(text: str) -> Iterator[str]:
    """A receipt holds a line of the ledger in base64, and that the statement in base64."""
    for each in re.findall(r"[A-Za-z0-9+/]{24,}={0,2}", text):
        yield b64decode(each[: len(each) // 4 * 4]).decode("utf-8", "replace")


# Hostile words in every field of every form (T9)


def test_hostile_words_in_every_field_of_every_form_do_nothing(desk: Desk) -> None:
    seen: set[str] = set()
    words = cycle(word for word in HOSTILE if len(word) < 1000)
    for kind, by, role, given in (*TO_APPROVAL, ("", "", "", {})):
        for person, _ in PEOPLE:
            for each in ACTIONS:
                case = desk.office.case(PILOT)
                if (
                    each not in seen
                    and case.state != "unopened"
                    and roles_for(case, person, each, desk.policy)
                ):
                    seen.add(each)
                    _type_in(desk, person, each, words)
        if kind:
            take(desk.office, kind, by, role, **given)
    assert len(seen) > 20, seen


def _type_in(desk: Desk, person: str, kind: str, words: Iterator[str]) -> None:
    client, where = reader(person), f"/cases/{PILOT}/steps/{kind}/"
    client.raise_request_exception = False
    case = desk.office.case(PILOT)
    roles = roles_for(case, person, kind, desk.policy)
    around = Around(case, desk.policy, tuple(who for who, _ in PEOPLE), roles=roles)
    named = [name for each in fields_of(kind, around) for name in _names(each)]
    for _ in range(3):
        answer = client.post(where, dict(zip(named, words, strict=False)))
        assert answer.status_code in (302, 422), (kind, answer.status_code)
        if answer.status_code == 302:
            answer = client.get(answer.headers["Location"])
            assert answer.status_code == 200
        assert not LIVE.search(answer.content.decode()), kind
    texts = {
        each.name: word
        for each in fields_of(kind, around)
        for word in islice(words, 1)
        if each.widget == "area"
    }
    answer = client.post(where, {**_sound(fields_of(kind, around)), **texts})
    assert answer.status_code in (302, 422)


def _names(each: FormField) -> list[str]:
    inner = each.row(0) if each.widget == "rows" else each.inner if each.widget == "group" else ()
    return [part.name for part in inner] or [each.name]


def _sound(fields: tuple[FormField, ...]) -> dict[str, str]:
    """An answer to each question that has some to choose from."""
    return {each.name: each.options[0].value for each in fields if each.options}


def test_hostile_words_that_were_entered_are_shown_as_they_are(desk: Desk) -> None:
    begun(desk, 2)
    for word in HOSTILE[:8]:
        action = act(deed("comment", "coa", "coach")).model_copy(update={"text": word})
        statement, key = desk.office.prepare(PILOT, action), key_file("coa")
        desk.office.enter(seal_envelope(statement, [sign_statement(statement, key.public_key, key.key)]))
    size = len(desk.office.ledger.entries())
    for person in ("ona", "aud"):
        for path in (
            f"/cases/{PILOT}/",
            "/",
            "/portfolio/",
            "/ledger/",
            f"/ledger/{size - 1}/",
            "/register/",
        ):
            assert not LIVE.search(reader(person).get(path).content.decode()), path


# Forced browsing, forged requests (T12)


def test_a_draft_is_its_authors_only(desk: Desk) -> None:
    begun(desk, 2)
    where = reader("coa").post(f"/cases/{PILOT}/steps/comment/", {"text": "mine"}).headers["Location"]
    for person in ("off", "cha", "aud", "ona"):
        client = reader(person)
        assert client.get(where).status_code == client.get(f"{where}statement.json").status_code == 404
        assert client.post(where, {"way": "account", "password": "x"}).status_code == 404
    assert reader("coa").get(where).status_code == 200


def test_nobody_approves_their_own_by_a_forged_request(desk: Desk) -> None:
    begun(desk, 9)
    size = len(desk.office.ledger.entries())
    forged = {"verdict": "approve", "reason": "mine", "role": "chair", "by": "cha", "at": "2026-01-01"}
    for person in ("ona", "dee", "coa"):
        for kind in ("vote", "close_vote", "waive", "endorse"):
            assert reader(person).post(f"/cases/{PILOT}/steps/{kind}/", forged).status_code == 403, (
                person,
                kind,
            )
    where = reader("mem").post(f"/cases/{PILOT}/steps/vote/", forged).headers["Location"]
    statement = Draft.objects.get().statement
    assert (statement.predicate["by"], statement.predicate["role"]) == ("mem", "member")
    others = desk.office.prepare(PILOT, act(deed("vote", "cha", "chair")))
    for signed, signer in ((statement, "ona"), (others, "cha"), (others, "mem"), (statement, "cha")):
        key = key_file(signer)
        envelope = seal_envelope(signed, [sign_statement(signed, key.public_key, key.key)]).to_json()
        sent = {"way": "file", "envelope": SimpleUploadedFile("s.json", envelope)}
        assert reader("mem").post(where, sent).status_code == 422, signer
    assert len(desk.office.ledger.entries()) == size


# Paths (T6), bodies (T10)


@pytest.mark.parametrize(
    "path",
    [
        "../keys/desk.secret", "..%2fkeys%2fdesk.secret", "%2e%2e/keys/desk.secret", "....//keys/desk.secret",
        "en/../../keys/desk.secret", "/etc/passwd", "..\\keys\\desk.secret", "index.html%00.txt",
        "%c0%ae%c0%ae/x", "keys/desk.secret", "file:///etc/passwd", "\u202e/../x", "index.html/", "." * 3000,
    ],
)  # fmt: skip
def test_no_path_leads_out_of_the_register_or_a_dossier(desk: Desk, path: str) -> None:
    secret = desk.settings.home / "keys" / "desk.secret"
    secret.parent.mkdir(exist_ok=True)
    secret.write_text("root:swordfish")
    client = reader("ona")
    client.raise_request_exception = False
    for begins in (
        "/register/",
        f"/cases/{PILOT}/dossiers/",
        f"/cases/{PILOT}/dossiers/{'a' * 12}/",
        "/static/",
    ):
        answer = client.get(begins + path)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert answer.status_code in (400, 404), begins
        assert b"swordfish" not in body


BODIES = {
    "json": (b'{"text": "x"}', "application/json"),
    "xml": (b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x>&a;</x>", "text/xml"),
    "none": (b"", ""),
    "percent": (b"text=%zz%ff%u0041&%=%&=&&;;", "application/x-www-form-urlencoded"),
    "utf-7": (b"text=+ADw-script+AD4-", "application/x-www-form-urlencoded; charset=utf-7"),
    "no such code": (b"text=x", "application/x-www-form-urlencoded; charset=klingon"),
    "twice": (b"text=a&text=b&role=chair&role=coach&more=x&more=y", "application/x-www-form-urlencoded"),
    "long name": (b"x" * 100_000 + b"=1", "application/x-www-form-urlencoded"),
    "no boundary": (b"--x\r\n", "multipart/form-data"),
    "long boundary": (b"--x\r\n", "multipart/form-data; boundary=" + "x" * 300),
    "unended": (
        b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\nabc',
        "multipart/form-data; boundary=x",
    ),
    "file as text": (
        b'--x\r\nContent-Disposition: form-data; name="text"; filename="../../x"\r\n\r\nabc\r\n--x--\r\n',
        "multipart/form-data; boundary=x",
    ),
    "bad base64": (
        b'--x\r\nContent-Disposition: form-data; name="envelope"; filename="e"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n!!!\r\n--x--\r\n",
        "multipart/form-data; boundary=x",
    ),
}


@pytest.mark.parametrize("body", BODIES)
def test_a_body_that_no_form_sends_is_answered_and_enters_nothing(desk: Desk, body: str) -> None:
    begun(desk, 2)
    size, (content, kind) = len(desk.office.ledger.entries()), BODIES[body]
    client = reader("coa")
    client.raise_request_exception = False
    where = client.post(f"/cases/{PILOT}/steps/comment/", {"text": "sound"}).headers["Location"]
    for path in (
        f"/cases/{PILOT}/steps/comment/",
        where,
        "/keys/",
        "/language/",
        "/login/",
        "/cases/new/steps/open_case/",
    ):
        assert client.generic("POST", path, content, kind).status_code < 500, path
    assert len(desk.office.ledger.entries()) == size


# Secrets (T23)


def test_no_secret_of_a_request_is_written_down_or_shown(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    secret, said = "swordfish-4711", io.StringIO()
    for handler in logging.getLogger().handlers:
        if isinstance(handler.formatter, Bare):
            monkeypatch.setattr(handler, "stream", said)

    def fails(*given: object) -> None:
        raise ValueError(secret)

    monkeypatch.setattr(form, "_asked", fails)
    pages = []
    for person in ("coa", None):
        client = reader(person)
        client.raise_request_exception = False
        client.cookies["other"] = secret
        headers = {"X-Secret": secret, "Authorization": f"Bearer {secret}", "Referer": f"http://x/{secret}"}
        told = {"name": secret, "password": secret, "text": secret}
        pages += [
            client.post(f"/cases/{PILOT}/steps/comment/?token={secret}", told, headers=headers),
            client.get(f"/nowhere/{secret}/", headers=headers),
            client.get("/", headers={"Host": f"{secret}.example"}),
            client.post("/keys/", {"made": secret}, headers=headers),
        ]
    pages.append(reader(None).post("/login/", {"name": "ona", "password": secret}))
    pages.append(Client(enforce_csrf_checks=True).post(f"/login/?t={secret}", {"password": secret}))
    assert {page.status_code for page in pages} >= {400, 403, 404, 500}
    assert "ERROR django.request step 500 ValueError" in said.getvalue(), "the fault itself is written down"
    assert secret not in said.getvalue()
    broken = [page for page in pages if page.status_code == 500]
    assert broken
    assert secret not in re.sub(r'name="next" value="[^"]*"', "", broken[0].content.decode())
