"""The OpenAPI document, the description for people, and requests made up from the document."""

import json
from typing import Any
from uuid import uuid4

import schemathesis
from django.core.wsgi import get_wsgi_application
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import checks

from tests.builders.authorities import Pair
from tests.web.api.calls import applied, basic, call, registered
from tongguan.adapters.words import texts
from tongguan.app.gates import enrol_gate
from tongguan.core.identifiers import ControlPointId
from tongguan.web.api.docs import operations_shown


def document(client: Client) -> dict[str, Any]:
    return json.loads(client.get("/api/v1/openapi.json").content)


def test_openapi__document__is_3_1_and_declares_problems_for_every_operation(
    hk: Pair, client: Client
) -> None:
    found = document(client)
    assert found["openapi"].startswith("3.1")
    operations = [each for methods in found["paths"].values() for each in methods.values()]
    assert len(operations) >= 20
    for operation in operations:
        assert operation["responses"]["default"] == {"$ref": "#/components/responses/Problem"}
        assert operation["x-permission"] in {"anyone", "applicant", "gate"}
        assert ("security" in operation) is (operation["x-permission"] != "anyone")


def test_docs__every_operation__is_described(hk: Pair, client: Client) -> None:
    shown = {
        (each.method.lower(), each.path)
        for group in operations_shown()
        for each in group.operations
    }
    declared = {
        (method, path) for path, methods in document(client)["paths"].items() for method in methods
    }
    assert shown == declared
    for group in operations_shown():
        for each in group.operations:
            assert f"api.operations.{each.name}" in texts()


def test_scheme__show__says_what_holds(hk: Pair, client: Client) -> None:
    found = call(client, "GET", "/scheme").json()
    assert found["authority"] == "HK"
    assert found["demonstration"] is True
    assert found["holding"]["phase"] == "pilot"
    assert found["holding"]["state"] == "active"
    assert found["next_phase"] == "at-scale"
    listed = call(client, "GET", "/scheme/versions").json()
    assert [each["id"] for each in listed] == ["hk-gd-2021-assumed"]
    version = call(client, "GET", "/scheme/versions/hk-gd-2021-assumed").json()
    assert version["digest"] == found["holding"]["digest"]
    assert [each["kind"] for each in version["acts"]].count("sign_version") == 2
    assert version["text"]["id"] == "hk-gd-2021-assumed"
    assert call(client, "GET", "/scheme/versions/none").status_code == 404


def test_scheme__nothing_holds__is_no_failure(unsigned: Pair, client: Client) -> None:
    assert call(client, "GET", "/scheme").json()["holding"] is None
    assert call(client, "GET", "/availability").json()["places"] == []


def test_availability__show__by_direction_and_days(hk: Pair, client: Client) -> None:
    everything = call(client, "GET", "/availability").json()["places"]
    assert {each["direction"] for each in everything} == {"HK-GD", "GD-HK"}
    one = call(client, "GET", "/availability?days=1&direction=HK-GD").json()["places"]
    assert {(each["direction"], each["day"]) for each in one} == {("HK-GD", "2021-12-13")}
    assert set(one[0]["left"]) == {"business", "family", "compassionate", "funeral"}
    for wrong in ("days=0", "days=32", "days=x", "direction=%00"):
        response = call(client, "GET", f"/availability?{wrong}")
        assert response.status_code == 400, wrong
        assert response.json()["errors"][0]["path"] == wrong.partition("=")[0]


def test_availability__direction_the_scheme_has_not__is_named(hk: Pair, client: Client) -> None:
    response = call(client, "GET", "/availability?direction=zz")
    assert response.status_code == 400
    assert response.json()["errors"] == [
        {"path": "direction", "message": "Use one of these: HK-GD, GD-HK"}
    ]


def test_healthz__show__says_database_and_domain_time(hk: Pair, client: Client) -> None:
    found = client.get("/healthz").json()
    assert found["authority"] == "HK"
    assert found["database"] == "reachable"
    assert found["domain_time"].startswith("2021-12-13T01:")


def test_health_code__put__is_signed_and_once_for_an_id(hk: Pair, client: Client) -> None:
    path = "/health-codes/5f0c9d1e-6a43-4a8f-9a53-0f6c7d1f2a10"
    slip = registered(client)
    body = {"registration": slip, "declaration": {"arrivals": [{"arrived_on": "2021-12-10"}]}}
    first, again = (call(client, "PUT", path, body).json() for _ in range(2))
    assert first["colour"] == "amber"
    assert first["reasons"][0]["code"] == "arrived_from_outside"
    assert first["text"].startswith("TG1:")
    assert (first["replayed"], again["replayed"]) == (False, True)
    other = {"registration": slip, "declaration": {}}
    assert call(client, "PUT", path, other).status_code == 409


EXAMPLES = 6
CHECKS = (
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
)


def try_out(operation: Any, headers: dict[str, str]) -> None:
    @given(case=operation.as_strategy())
    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def probe(case: Any) -> None:
        response = case.call(headers=headers)
        assert response.status_code < 500
        if response.status_code >= 400:
            assert response.headers["content-type"] == ["application/problem+json"]
        case.validate_response(response, checks=CHECKS)

    probe()


def test_interface__made_up_requests__are_answered_as_declared(hk: Pair, client: Client) -> None:
    """What the document allows, and what it does not, never finds a failure of our own."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    tried = set()
    token = str(uuid4())
    enrol_gate(hk.hk, name="Lane", control_point=ControlPointId("SZB"), token=token)
    credentials = {
        "anyone": {},
        "applicant": basic(applied(client)["slip"]),
        "gate": {"authorization": f"Bearer {token}"},
    }

    for result in schema.get_all_operations():
        operation = result.ok()
        headers = credentials[operation.definition.raw["x-permission"]]
        tried.add((operation.method.upper(), operation.path))
        try_out(operation, headers)
    declared = document(client)["paths"]
    assert tried == {(each.upper(), path) for path, found in declared.items() for each in found}
