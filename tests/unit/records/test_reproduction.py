from __future__ import annotations

from civic_ai.records.reproduction import Deviation, Part, Reproduction


def test_a_part_is_the_same_or_not() -> None:
    assert Part(name="spec", kind="promised", sealed="a", found="a").is_same
    assert not Part(name="bundle", kind="made", sealed="a", found=None).is_same


def test_it_comes_back_from_its_json() -> None:
    made = Reproduction(
        pilot="p", dossier="a", again="a", tolerance=0.001, parts=(), compared=1, largest_off=0.0,
        deviations=(Deviation(fact="x", sealed=1.0, found="one", off=None),),
    )  # fmt: skip
    assert Reproduction.model_validate_json(made.to_json()) == made
    assert made.is_identical
    assert not made.agrees
