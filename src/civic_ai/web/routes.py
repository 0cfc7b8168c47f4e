"""The table of routes: every page that can be reached, and who may reach it."""

from __future__ import annotations

from django.urls import path

from civic_ai.web import refusals
from civic_ai.web.accounts import password, sign_on
from civic_ai.web.accounts import views as accounts
from civic_ai.web.guard import Route
from civic_ai.web.pages import (
    answer,
    case,
    comments,
    compare,
    dossier,
    evidence,
    keys,
    ledger,
    meeting,
    minutes,
    portfolio,
    questionnaire,
    queue,
    readiness,
    register,
    source,
    what_if,
)
from civic_ai.web.steps import form, sign

ROUTES: tuple[Route, ...] = (
    Route("login/", "login", accounts.sign_in, "anyone", ("GET", "POST")),
    Route("sign-on/", "sign_on", sign_on.begin, "anyone"),
    Route("sign-on/back/", sign_on.CALLBACK, sign_on.back, "anyone"),
    Route("logout/", "logout", accounts.sign_out, "anyone", ("POST",)),
    Route("language/", "language", accounts.choose_language, "anyone", ("POST",)),
    Route("", "queue", queue.page, "signed in"),
    Route("portfolio/", "portfolio", portfolio.page, "signed in"),
    Route("register/", "register", register.page, "anyone"),
    Route("register/<path:path>", "register_file", register.page, "anyone"),
    Route("ledger/", "ledger", ledger.page, "auditor"),
    Route("ledger/<int:number>/", "ledger_entry", ledger.entry, "auditor"),
    Route("ledger/<int:number>/receipt.txt", "ledger_receipt", ledger.receipt, "auditor"),
    Route("ledger/verification/", "ledger_verification", ledger.verification, "auditor"),
    Route("ledger/export.zip", "ledger_export", ledger.download, "auditor"),
    Route("cases/<slug:pilot>/", "case", case.page, "in the case"),
    Route("cases/<slug:pilot>/dossiers/<slug:digest>/", "dossier", dossier.page, "signed in"),
    Route("cases/<slug:pilot>/dossiers/<slug:digest>/what-if/", "what_if", what_if.page, "signed in"),
    Route("cases/<slug:pilot>/dossiers/<slug:digest>/source/", "source", source.page, "signed in"),
    Route(
        "cases/<slug:pilot>/dossiers/<slug:digest>/files/<path:path>", "sealed_file", source.file, "signed in"
    ),
    Route("cases/<slug:pilot>/dossiers/<slug:digest>/<slug:name>/", "card", dossier.page, "signed in"),
    Route(
        "cases/<slug:pilot>/dossiers/<slug:digest>/<slug:name>.html",
        "card_file",
        dossier.download,
        "signed in",
    ),
    Route("cases/<slug:pilot>/comments/<slug:digest>/", "comments", comments.overview, "in the case"),
    Route(
        "cases/<slug:pilot>/comments/<slug:digest>/<slug:name>/",
        "card_comments",
        comments.card,
        "in the case",
        ("GET", "POST"),
    ),
    Route(
        "cases/<slug:pilot>/threads/<int:number>/", "thread", comments.thread, "in the case", ("GET", "POST")
    ),
    Route(
        "cases/<slug:pilot>/readiness/<slug:digest>/",
        "readiness",
        readiness.page,
        "in the case",
        ("GET", "POST"),
    ),
    Route("cases/<slug:pilot>/compare/<slug:digest>/", "compare", compare.page, "signed in"),
    Route("cases/<slug:pilot>/questionnaire/", "questionnaire", questionnaire.page, "in the case"),
    Route("cases/<slug:pilot>/questionnaire.yaml", "answers_file", questionnaire.download, "in the case"),
    Route(
        "cases/<slug:pilot>/questionnaire/<slug:field>/",
        "answer",
        answer.page,
        "in the case",
        ("GET", "POST"),
    ),
    Route("cases/<slug:pilot>/evidence/<slug:digest>/", "evidence", evidence.file, "in the case"),
    Route("cases/<slug:pilot>/meeting/", "meeting", meeting.page, "in the case"),
    Route("cases/<slug:pilot>/minutes/<int:number>/", "minutes", minutes.page, "in the case"),
    Route("cases/<slug:pilot>/minutes/<int:number>.txt", "minutes_file", minutes.download, "in the case"),
    Route("cases/<slug:pilot>/steps/<slug:kind>/", "step", form.page, "by the workflow", ("GET", "POST")),
    Route("sign/<int:draft>/", "sign", sign.page, "drafter", ("GET", "POST")),
    Route("sign/<int:draft>/statement.json", "statement", sign.download, "drafter"),
    Route("password/", "password", password.page, "signed in", ("GET", "POST")),
    Route("keys/", "keys", keys.page, "signed in", ("GET", "POST")),
    Route("keys/<slug:key>/enrol/", "enrol", keys.enrol_key, "custodian", ("POST",)),
    Route("cases/<slug:pilot>/entries/<int:number>/", "entered", sign.entered, "in the case"),
    Route("cases/<slug:pilot>/entries/<int:number>/receipt.txt", "receipt", sign.receipt, "in the case"),
)

urlpatterns = [path(route.path, route.answer, name=route.name) for route in ROUTES]
handler400 = refusals.not_understood
handler403 = refusals.forbidden
handler404 = refusals.not_found
handler500 = refusals.broken
