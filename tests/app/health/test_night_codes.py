"""A code of the evening may count through the night, so it is void through the night as well."""

from datetime import timedelta

import pytest

from tests.builders.authorities import Pair, person
from tests.builders.evidence import a_test, enrolled
from tests.builders.travel import DAY, at, code, declared, health_request
from tongguan.app.authorities import Authority
from tongguan.app.publishing import own_status_lists
from tongguan.core.health.code import HealthCodeClaims
from tongguan.core.health.colour_names import Colour
from tongguan.core.health.declaration import HealthDeclaration

EVENING = at(DAY, 20, 0)
NIGHT = at(DAY, 0, 30) + timedelta(days=1)
DAWN = at(DAY, 5, 59) + timedelta(days=1)


def is_void(authority: Authority, claims: HealthCodeClaims) -> bool:
    """Whether the list that gates get now has the code as void."""
    with authority.database.transaction() as transaction:
        lists = {each.list_id: each for each in own_status_lists(authority, transaction)}
    return lists[claims.status_list].is_set(claims.status_index) is True


@pytest.fixture
def evening(active: Pair) -> HealthCodeClaims:
    active.set_time(EVENING)
    claims = declared(active.hk, health_request(active.hk, person())).claims
    assert claims.colour is Colour.GREEN
    assert EVENING < claims.valid_until < NIGHT
    return claims


def test_code_of_the_evening__is_void_until_dawn__when_another_declaration_follows(
    active: Pair, evening: HealthCodeClaims
) -> None:
    active.set_time(at(DAY, 22, 0))
    code(active.hk, person(), HealthDeclaration(suspected=True))
    for instant in (at(DAY, 22, 0), NIGHT, DAWN):
        active.set_time(instant)
        assert is_void(active.hk, evening)


def test_code_of_the_evening__is_void_by_night__when_evidence_comes_after_midnight(
    active: Pair, evening: HealthCodeClaims
) -> None:
    laboratory = enrolled(active.hk)
    active.set_time(NIGHT)
    assert not is_void(active.hk, evening)

    laboratory.says(a_test(person(), at=NIGHT), at=NIGHT)

    assert is_void(active.hk, evening)
    active.set_time(DAWN)
    assert is_void(active.hk, evening)
