"""The public count as programs read it."""

from dataclasses import replace

from django.test import Client

from tests.builders.authorities import START, Pair
from tests.builders.evidence_stores import act
from tests.web.api.calls import call
from tongguan.adapters.health_rule_files import bundled_health_rules
from tongguan.core.evidence.records import Route
from tongguan.core.identifiers import AuthorityId
from tongguan.web import service

ADDRESS = "/published/health-controls"


def test_controls__shown__to_anyone_without_small_numbers(unsigned: Pair, client: Client) -> None:
    unsigned.activate()
    with unsigned.hk.database.transaction() as transaction:
        transaction.evidence.add_act(act(1, at=START, held=True))
        for number in range(5):
            transaction.evidence.add_act(act(10 + number, at=START, route=Route.LABORATORY))
    found = call(client, "GET", ADDRESS).json()
    assert (found["zone"], found["fewer_than"]) == ("Asia/Hong_Kong", 5)
    assert (found["counting_by_officers"], found["cases_open"], found["alarms_open"]) == (
        0,
        None,
        0,
    )
    now, before = found["months"][:2]
    assert (now["month"], before["month"]) == ("2021-12", "2021-11")
    assert now["acts"]["officers"] == {"acts": 1, "held": 1, "reviewed": 0}
    assert now["acts"]["laboratory"] == {"acts": 5, "held": None, "reviewed": None}
    assert set(now["acts"]) == {each.value for each in Route}
    assert before["acts"]["officers"] == {"acts": 0, "held": 0, "reviewed": 0}
    assert (now["cases_opened"], now["alarms_raised"]) == (None, 0)
    assert (now["claims_refused"], now["places_listed"]) == (0, 0)
    rules = bundled_health_rules()[AuthorityId("HK")]
    assert (found["rules"], found["rules_digest"]) == (rules.colours.id, rules.digest)


def test_controls__nothing_holds__says_so(unsigned: Pair, client: Client) -> None:
    assert call(client, "GET", ADDRESS).json()["code"] == "nothing_holds"


def test_controls__authority_without_health_codes__has_none(hk: Pair, client: Client) -> None:
    service.hold_authority(replace(hk.hk, health_rules=None))
    assert call(client, "GET", ADDRESS).status_code == 404
