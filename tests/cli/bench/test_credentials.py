"""What the benchmark of credentials measures with, and that it sees what is judged wrong."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tongguan.cli.bench import credentials
from tongguan.cli.bench.credentials import (
    CERTLOGIC,
    GATE,
    ONE_BY_ONE,
    RAW,
    VERIFY,
    CredentialsMeasured,
    CredentialsSize,
    Made,
    find_differences,
    make,
)
from tongguan.cli.bench.credentials_report import CredentialsReport, credentials_as_data
from tongguan.cli.bench.exactness import Difference
from tongguan.cli.bench.machine import Machine
from tongguan.core.decisions import Outcome

MACHINE = Machine(
    at=datetime(2021, 12, 13, tzinfo=UTC),
    tongguan="0.1.0",
    processor="made up",
    cores=2,
    memory_gigabytes=8.0,
    system="Linux",
    python="3.11",
)


@pytest.fixture(scope="module")
def made() -> Made:
    return make(40)


def found(made: Made) -> set[tuple[str, str]]:
    return {(each.measurement, each.what) for each in find_differences(made)}


def report(*differences: Difference, gate: float = 50.0) -> CredentialsReport:
    rounds = tuple(
        {RAW: raw, VERIFY: 70.0, ONE_BY_ONE: 60.0, GATE: gate, CERTLOGIC: 100_000.0}
        for raw in (90.0, 100.0, 200.0)
    )
    size = CredentialsSize(rounds=3, credentials=20)
    measured = CredentialsMeasured(
        size=size, rounds=rounds, certificate_steps={}, decision_steps={}, differences=differences
    )
    return CredentialsReport(machine=MACHINE, measured=measured)


def test_made__is__judged_as_it_has_to_be(made: Made) -> None:
    assert find_differences(made) == []


def test_texts__are__as_long_as_real_ones(made: Made) -> None:
    lengths = [len(each.text) for each in made.certificates]
    assert min(lengths) >= 500
    assert max(lengths) <= 750


def test_differences__name__a_certificate_that_is_not_believed(made: Made) -> None:
    first, *others = made.certificates
    changed = replace(first, text=first.text[:-3] + "AAA")
    assert found(replace(made, certificates=(changed, *others))) == {(VERIFY, "green")}


def test_differences__name__a_person_who_comes_twice(made: Made) -> None:
    travellers = (made.travellers[1], *made.travellers[1:])
    assert found(replace(made, travellers=travellers)) == {(GATE, "distinct_passes")}


def test_differences__name__a_person_who_is_not_admitted(made: Made) -> None:
    first, second, *others = made.travellers
    stranger = replace(first, document=second.document)
    assert found(replace(made, travellers=(stranger, second, *others))) == {(GATE, "admitted")}


def test_differences__name__a_rule_that_says_something_else(made: Made) -> None:
    first, *others = made.payloads
    changed = replace(first, data=first.spoiled)
    assert found(replace(made, payloads=(changed, *others))) == {(CERTLOGIC, "true")}


def test_differences__name__whoever_is_admitted_with_a_changed_code(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credentials, "_outcome", lambda *_: Outcome.ADMIT)
    assert found(made) == {(GATE, "admitted_with_one_bit_flipped")}


def test_figures__are__the_middle_ones_of_the_rounds_ratios() -> None:
    data = credentials_as_data(report())
    assert data["ratio_to_raw_es256"] == 0.7
    assert data["gate_ratio_to_raw_es256"] == 1.5
    assert data["rates"][RAW] == 100
    assert [law["holds"] for law in data["laws"]] == [True, True, True]
    assert data["holds"] is True


def test_report__does_not_hold__with_a_broken_law_or_a_difference() -> None:
    difference = Difference(measurement=GATE, what="admitted", expected=20, found=19)
    assert not report(difference).holds
    assert not report(gate=21.0).holds
    assert credentials_as_data(report(difference))["exact"] is False
