from __future__ import annotations

from civic_ai.records.evidence import Code, Environment, Evidence


def evidence(**changes: object) -> Evidence:
    named = dict.fromkeys(
        [
            "spec",
            "policy",
            "snapshot",
            "panel",
            "predictions",
            "evaluation",
            "evaluation_masked",
            "audit",
            "audit_masked",
            "explanation",
        ],
        "0" * 64,
    )
    base = {
        **named,
        "pilot": "p",
        "contracts": {"requests": "c"},
        "bundle": "a",
        "code": Code(version="1", source_digest="s"),
        "environment": Environment(python="3.11", machine="Linux x86_64", libraries={"numpy": "2"}),
    }
    return Evidence.model_validate({**base, **changes})


def test_any_other_thing_makes_other_evidence() -> None:
    other = [
        evidence(snapshot="1" * 64),
        evidence(bundle="b"),
        evidence(contracts={"requests": "d"}),
        evidence(code=Code(version="1", source_digest="t")),
        evidence(environment=Environment(python="3.12", machine="Linux x86_64", libraries={"numpy": "2"})),
    ]
    assert len({evidence().digest, *(item.digest for item in other)}) == 6
