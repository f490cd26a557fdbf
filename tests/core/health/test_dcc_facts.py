"""Facts out of EU certificates: what counts, and what is no fact."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tongguan.core.health.dcc_facts import facts_of_eu_dcc
from tongguan.core.health.requirements import CertifiedTest, Dose, HealthFacts, Recovery

COVID_19 = "840539006"
DOSE: dict[str, Any] = {"tg": COVID_19, "mp": "EU/1/20/1528", "dn": 2, "sd": 2, "dt": "2021-08-01"}
TEST: dict[str, Any] = {
    "tg": COVID_19,
    "tt": "LP6464-4",
    "sc": "2021-12-12T10:00:00+01:00",
    "tr": "260415000",
}
RECOVERY: dict[str, Any] = {
    "tg": COVID_19,
    "fr": "2021-09-01",
    "df": "2021-09-12",
    "du": "2022-02-28",
}


def test_facts__are__those_of_the_entries() -> None:
    assert facts_of_eu_dcc({"dob": "1970-01-02", "v": [DOSE]}) == HealthFacts(
        doses=(Dose(number=2, given_on=date(2021, 8, 1), product="EU/1/20/1528"),),
        born_on=date(1970, 1, 2),
    )
    sampled_at = datetime(2021, 12, 12, 9, tzinfo=UTC)
    assert facts_of_eu_dcc({"t": [TEST]}).tests == (
        CertifiedTest(sampled_at=sampled_at, reported_at=None, specimen="LP6464-4"),
    )
    assert facts_of_eu_dcc({"r": [RECOVERY]}).recoveries == (
        Recovery(first_positive_on=date(2021, 9, 1)),
    )


@pytest.mark.parametrize(
    ("kind", "entry", "changed"),
    [
        ("v", DOSE, {"tg": "6142004"}),
        ("v", DOSE, {"dn": True}),
        ("v", DOSE, {"dn": 0}),
        ("v", DOSE, {"dn": "2"}),
        ("v", DOSE, {"dt": "2021-08"}),
        ("v", DOSE, {"dt": "2021-02-30"}),
        ("v", DOSE, {"mp": None}),
        ("t", TEST, {"tg": None}),
        ("t", TEST, {"tr": "260373001"}),
        ("t", TEST, {"tr": None}),
        ("t", TEST, {"sc": "2021-12-12T10:00:00"}),
        ("t", TEST, {"sc": "yesterday"}),
        ("t", TEST, {"sc": "0001-01-01T00:00:00+14:00"}),
        ("t", TEST, {"sc": "9999-12-31T23:59:59-12:00"}),
        ("t", TEST, {"tt": 1}),
        ("r", RECOVERY, {"fr": "2021-W01-1"}),
        ("r", RECOVERY, {"fr": 20210901}),
    ],
)
def test_facts__are_none__of_an_entry_that_does_not_say_it(
    kind: str, entry: dict[str, Any], changed: dict[str, Any]
) -> None:
    assert facts_of_eu_dcc({kind: [entry]}) != HealthFacts()
    assert facts_of_eu_dcc({kind: [entry | changed]}) == HealthFacts()


def test_day__with_a_time__is_that_day() -> None:
    (dose,) = facts_of_eu_dcc({"v": [DOSE | {"dt": "2021-08-01T23:30:00Z"}]}).doses
    assert dose.given_on == date(2021, 8, 1)


@pytest.mark.parametrize("born", ["1970", "1970-01", "", None, 1970])
def test_born_on__is_unknown__where_no_day_is_stated(born: object) -> None:
    assert facts_of_eu_dcc({"dob": born}).born_on is None


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["tg", "dn", "dt", "mp", "sc", "tr", "tt", "fr"]), inner)
    ),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from(["v", "t", "r", "dob"]), _JSON))
# How long it takes to think of trees of JSON says nothing where the machine is busy.
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_facts__never_fail__whatever_the_claims(claims: dict[str, Any]) -> None:
    assert isinstance(facts_of_eu_dcc(claims), HealthFacts)
