"""A later version, foreseen and then made to hold, as an official does it by hand."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.builders.authorities import application, person
from tests.builders.changes import REVOKE, limit_of, next_text, rule
from tests.builders.travel import leg
from tests.cli.conftest import Run
from tongguan.app.applications import submit_application
from tongguan.app.journeys import JourneyRequest, book_journey
from tongguan.app.ledger_port import PlacesTaken
from tongguan.cli.deployments import authority_at
from tongguan.core.calendar import local_day
from tongguan.core.identifiers import AuthorityId, JourneyId
from tongguan.core.scheme.reading import version_as_data

ASSUMED = "hk-gd-2021-assumed"


def booked(data: Path, number: int) -> str:
    """The reference of a party that has places of tomorrow and two days later."""
    with authority_at(data, AuthorityId("HK")) as opened:
        answer = submit_application(opened.authority, application(people=(person(number),)))
        day = local_day(opened.clock.now(), "Asia/Hong_Kong") + timedelta(days=1)
        request = JourneyRequest(
            id=JourneyId(str(uuid4())),
            application=answer.application.id,
            legs=(leg("HK-GD", day), leg("GD-HK", day + timedelta(days=2))),
        )
        taken = book_journey(opened.authority, request)
        assert isinstance(taken, PlacesTaken), taken
        return answer.application.reference


def test_version__is_foreseen_refused_and_applied__by_hand(run: Run, data: Path) -> None:
    """One story, for each of its steps rests on the one before."""
    hk = ("--authority", "HK", "--data", data)
    for name in ("HK", "GD"):
        assert run("scheme", "sign", ASSUMED, "--authority", name, "--data", data).code == 0
    assert run("scheme", "apply", ASSUMED, *hk).code == 0
    references = [booked(data, number) for number in (1, 2)]
    text = next_text(limit_of("all-day", 1), holders=rule(REVOKE))
    file = data / "next.yaml"
    file.write_text(json.dumps(version_as_data(text), ensure_ascii=False), encoding="utf-8")

    def apply(*more: str) -> tuple[int, Any]:
        ended = run("scheme", "apply", file, *hk, "--json", *more)
        return ended.code, json.loads(ended.out)

    code, foreseen = apply("--dry-run", "--references")
    assert code == 1, "something stands against it"
    assert not foreseen["activated"]
    assert {each["code"] for each in foreseen["obstacles"]} == {"signature_missing"}
    transition = foreseen["transition"]
    assert transition["before"] == ASSUMED
    assert transition["journeys"] == {"kept": 1, "revoked": 1}
    assert transition["places"] == {"kept": 2, "revoked": 2}
    assert transition["windows"] == {"all-day": {"cut": 2}}
    assert transition["notices"] == {"journey_revoked": 1}
    assert transition["references"] == references[1:]
    said = run("scheme", "apply", file, *hk, "--dry-run")
    assert "nothing was changed" in said.out
    assert "journeys revoked: 1 (places: 2)" in said.out
    assert references[1] not in said.out

    unstated = run("scheme", "apply", "hk-gd-2021", *hk, "--dry-run")
    assert unstated.code == 1
    assert "quotas/all-day/limit" in unstated.out
    assert "cannot be said" in unstated.out

    refused, answer = apply()
    assert (refused, answer["transition"]) == (1, None)
    for name in ("HK", "GD"):
        run("scheme", "sign", "--file", file, "--authority", name, "--data", data)
    unknown = run("scheme", "apply", file, *hk, "--phase", "spring")
    assert unknown.code == 2

    done, answer = apply()
    assert done == 0
    assert answer["activated"]
    assert answer["transition"]["journeys"] == {"kept": 1, "revoked": 1}
    assert "references" not in answer["transition"]
    again = run("scheme", "apply", file, *hk)
    assert again.code == 1
    assert "active already" in again.out
