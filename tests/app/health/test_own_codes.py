"""What a registered person is told of their newest code: it holds, was withdrawn, or is over."""

from datetime import timedelta
from uuid import uuid4

from tests.builders.authorities import Pair, person
from tests.builders.evidence import a_test, enrolled
from tests.builders.travel import MORNING, declared, health_request, registered
from tongguan.app.health.own_codes import CodeState, newest_code
from tongguan.core.identifiers import RegistrationId


def test_newest_code__of_a_registration__follows_what_becomes_of_it(active: Pair) -> None:
    active.set_time(MORNING)
    who, laboratory = person(), enrolled(active.hk)
    own = registered(active.hk, who)
    assert newest_code(active.hk, own) is None
    declared(active.hk, health_request(active.hk, who))
    found = newest_code(active.hk, own)
    assert found is not None
    assert (found.state, found.since) == (CodeState.HOLDS, None)
    active.set_time(MORNING + timedelta(hours=1))
    laboratory.says(a_test(who, at=MORNING), at=MORNING)
    found = newest_code(active.hk, own)
    assert found is not None
    assert found.state is CodeState.WITHDRAWN
    assert found.since is not None
    assert abs(found.since - (MORNING + timedelta(hours=1))) < timedelta(minutes=1)
    declared(active.hk, health_request(active.hk, who))
    found = newest_code(active.hk, own)
    assert found is not None
    assert found.state is CodeState.HOLDS
    active.set_time(MORNING + timedelta(days=1))
    found = newest_code(active.hk, own)
    assert found is not None
    assert found.state is CodeState.OVER
    assert newest_code(active.hk, RegistrationId(str(uuid4()))) is None
