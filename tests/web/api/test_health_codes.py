"""Declaring for a health code over REST: what has no meaning is refused at its place."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from tests.builders.authorities import Pair
from tests.web.api.calls import call, registered

TODAY, TOMORROW = "2021-12-13", "2021-12-14"


def put(client: Client, declared: dict[str, Any] | None) -> tuple[int, Any]:
    body = {"registration": registered(client), "declaration": declared}
    response = call(client, "PUT", f"/health-codes/{uuid4()}", body)
    return response.status_code, response.json()


def stay(division: str = "440300", last_on: str = TODAY) -> dict[str, str]:
    return {"division": division, "last_on": last_on}


@pytest.mark.parametrize("division", ["99", "990000", "441000"])
def test_health_code__division_of_no_table__is_named(
    hk: Pair, client: Client, division: str
) -> None:
    status, found = put(client, {"high_risk_stays": [stay(), stay(division)]})
    assert (status, found["code"]) == (400, "request_invalid")
    assert found["errors"] == [
        {
            "path": "/declaration/high_risk_stays/1/division",
            "message": "Use codes from the table of divisions.",
        }
    ]


@pytest.mark.parametrize(
    ("declared", "path"),
    [
        ({"symptoms_last_on": TOMORROW}, "/declaration/symptoms_last_on"),
        ({"discharged_on": "9999-12-31"}, "/declaration/discharged_on"),
        (
            {"high_risk_stays": [stay(), stay(last_on=TOMORROW)]},
            "/declaration/high_risk_stays/1/last_on",
        ),
        ({"arrivals": [{"arrived_on": TOMORROW}]}, "/declaration/arrivals/0/arrived_on"),
    ],
)
def test_health_code__day_ahead__is_named(
    hk: Pair, client: Client, declared: dict[str, Any], path: str
) -> None:
    status, found = put(client, declared)
    assert (status, found["code"]) == (400, "request_invalid")
    assert found["errors"] == [{"path": path, "message": "Give a day no later than today."}]


def test_health_code__faults_of_meaning__are_all_named_at_once(hk: Pair, client: Client) -> None:
    _, found = put(
        client, {"symptoms_last_on": TOMORROW, "high_risk_stays": [stay("99", TOMORROW)]}
    )
    assert {each["path"] for each in found["errors"]} == {
        "/declaration/symptoms_last_on",
        "/declaration/high_risk_stays/0/division",
        "/declaration/high_risk_stays/0/last_on",
    }


def test_health_code__days_of_today__are_taken(hk: Pair, client: Client) -> None:
    status, found = put(
        client,
        {
            "symptoms_last_on": TODAY,
            "discharged_on": TODAY,
            "high_risk_stays": [stay()],
            "arrivals": [{"arrived_on": TODAY}],
        },
    )
    assert status == 200, found
