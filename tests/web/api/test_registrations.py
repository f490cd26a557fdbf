"""Registrations over REST: slips in bodies, refusals in words, guessing slow, no look-ups."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from tests.builders.authorities import Pair
from tests.web.api.calls import call, document, registered, registration
from tongguan.web.throttle import FAILURES_MAX


def put(client: Client, body: dict[str, Any], identifier: str | None = None) -> Any:
    response = call(client, "PUT", f"/registrations/{identifier or uuid4()}", body)
    assert response.status_code == 200, response.content
    return response.json()


def claim(client: Client, body: dict[str, Any], identifier: str | None = None) -> Any:
    sent = {"registration_id": str(uuid4())} | body
    response = call(client, "PUT", f"/claims/{identifier or uuid4()}", sent)
    assert response.status_code == 200, response.content
    return response.json()


def declare(client: Client, slip: dict[str, str], declared: dict[str, Any] | None) -> Any:
    body = {"registration": slip, "declaration": declared}
    return call(client, "PUT", f"/health-codes/{uuid4()}", body)


def test_registration__put__is_answered_with_its_slip_and_once_for_an_id(
    hk: Pair, client: Client
) -> None:
    identifier, body = str(uuid4()), registration(phone="+852 2345 6789")
    first, again = put(client, body, identifier), put(client, body, identifier)
    assert (first["replayed"], again["replayed"]) == (False, True)
    assert first["slip"] == again["slip"]
    assert first["registration"]["assurance"] == "document_read"
    assert first["registration"]["route"] == "self"
    assert "CHAN" not in str(first)
    response = call(client, "PUT", f"/registrations/{identifier}", body | {"name": "LEE"})
    assert (response.status_code, response.json()["code"]) == (409, "request_id_reused")


@pytest.mark.parametrize(
    ("papers", "code"),
    [
        ({"type": "hkid", "number": "A123456(4)", "issuer": "HKG"}, "number_check_digit"),
        ({"type": "home_return_permit", "number": "K12345678", "issuer": "CHN"}, "number_form"),
    ],
)
def test_registration__number_with_a_fault__is_refused_in_words(
    hk: Pair, client: Client, papers: dict[str, str], code: str
) -> None:
    answer = put(client, registration(document=papers))
    assert (answer["registration"], answer["slip"]) == (None, None)
    assert answer["refused"]["code"] == code
    assert answer["refused"]["message"].startswith("Check the number")


def test_registration__without_a_date_of_issue__is_no_request(hk: Pair, client: Client) -> None:
    """So a list of numbers alone asks nothing."""
    body = registration()
    del body["document_issued_on"]
    response = call(client, "PUT", f"/registrations/{uuid4()}", body)
    assert response.status_code == 400
    assert response.json()["errors"][0]["path"] == "/document_issued_on"
    ahead = registration(document_issued_on="2021-12-14", born="2022-01-01")
    found = call(client, "PUT", f"/registrations/{uuid4()}", ahead).json()
    assert {each["path"] for each in found["errors"]} == {"/document_issued_on", "/born"}


def test_number__taken__is_said_without_a_word_on_whose_it_is(hk: Pair, client: Client) -> None:
    papers = document()
    registered(client, document=papers, name="WONG SIU MING", phone="12345678")
    answer = put(client, registration(document=papers))
    assert answer["refused"]["code"] == "already_registered"
    assert set(answer) == {"registration", "slip", "refused", "replayed"}
    assert (answer["registration"], answer["slip"]) == (None, None)
    assert "WONG" not in str(answer)


def test_claim__of_a_taken_number__is_opened_and_shown_to_its_secret_alone(
    hk: Pair, client: Client
) -> None:
    papers, identifier = document(), str(uuid4())
    holder = registered(client, document=papers)
    answer = claim(client, registration(document=papers, phone="123456"), identifier)
    assert answer["claim"]["state"] == "open"
    assert answer["registration"] is None
    path, secret = f"/claims/{identifier}/show", {"secret": answer["slip"]["secret"]}
    assert call(client, "POST", path, secret).json() == answer["claim"]
    assert call(client, "POST", path, {"secret": holder["secret"]}).status_code == 401
    assert call(client, "POST", "/registrations/findings", answer["slip"]).status_code == 401
    found = call(client, "POST", "/registrations/findings", holder).json()
    assert [each["id"] for each in found["claims"]] == [identifier]
    delayed = call(client, "POST", "/registrations/answer-claims", holder)
    assert delayed.json() == {"delayed": 1}
    later = call(client, "POST", path, secret).json()
    assert later["decide_by"] > answer["claim"]["decide_by"]


def test_claim__of_a_free_number__registers_it(hk: Pair, client: Client) -> None:
    answer = claim(client, registration())
    assert answer["claim"] is None
    assert answer["registration"]["assurance"] == "document_read"
    assert declare(client, answer["slip"], {}).json()["colour"] == "green"


def test_findings__are_given__to_reference_and_secret_in_words(hk: Pair, client: Client) -> None:
    slip = registered(client)
    declare(client, slip, {"symptoms_last_on": "2021-12-12"})
    found = call(client, "POST", "/registrations/findings", slip).json()
    assert (found["colour"], found["assurance"]) == ("red", "document_read")
    (finding,) = found["findings"]
    assert (finding["code"], finding["route"]) == ("symptoms", "declaration")
    assert finding["title"].startswith("You had symptoms")
    assert (finding["lifted_by"], finding["said_by"]) == ("itself", [])
    assert finding["lifted_by_words"].startswith("You yourself")
    assert finding["until"].startswith("2021-12-2")


def test_code__with_findings__says_what_it_rests_on(hk: Pair, client: Client) -> None:
    slip = registered(client)
    found = declare(client, slip, {"confirmed": True}).json()
    assert [each["code"] for each in found["findings"]] == ["confirmed"]
    again = declare(client, slip, None).json()
    assert (again["colour"], again["refused"]) == ("red", None)


def test_code__without_a_declaration_of_today__is_refused_in_words(
    hk: Pair, client: Client
) -> None:
    found = declare(client, registered(client), None).json()
    assert (found["refused"]["code"], found["text"]) == ("declaration_missing", None)
    assert "Declare your health" in found["refused"]["message"]


def test_secret__guessed__is_refused_and_soon_not_looked_at(hk: Pair, client: Client) -> None:
    slip = registered(client)
    wrong = slip | {"secret": "AAAA-AAAA-AAAA-AAAA"}
    for number in range(FAILURES_MAX):
        path = "/registrations/findings"
        odd = number % 2
        response = declare(client, wrong, {}) if odd else call(client, "POST", path, wrong)
        assert (response.status_code, response.json()["code"]) == (401, "credentials_wrong")
    for response in (declare(client, slip, {}), call(client, "POST", path, slip)):
        assert (response.status_code, response.json()["code"]) == (429, "too_many_failures")


def test_secret__of_a_claim_guessed__is_soon_not_looked_at(hk: Pair, client: Client) -> None:
    path = f"/claims/{uuid4()}/show"
    codes = [
        call(client, "POST", path, {"secret": "AAAA"}).status_code for _ in range(FAILURES_MAX + 1)
    ]
    assert codes == [401] * FAILURES_MAX + [429]


def test_addresses__hold__no_secret_and_no_document_number(hk: Pair, client: Client) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    for path, methods in paths.items():
        for each in methods.values():
            named = {parameter["name"] for parameter in each.get("parameters", ())}
            assert not named & {"secret", "reference", "number", "document"}, path


def test_slip__renewed__opens_and_the_old_secret_opens_nothing(hk: Pair, client: Client) -> None:
    old = put(client, registration())["slip"]
    address = f"/registrations/slips/{uuid4()}"
    wrong = call(client, "PUT", address, old | {"secret": "AAAA-AAAA-AAAA-AAAA"})
    assert (wrong.status_code, wrong.json()["code"]) == (401, "credentials_wrong")
    first, again = (call(client, "PUT", address, old).json() for _ in range(2))
    assert first == again
    assert first["reference"] == old["reference"]
    assert first["secret"] != old["secret"]
    assert call(client, "POST", "/registrations/findings", first).status_code == 200
    assert call(client, "POST", "/registrations/findings", old).status_code == 401
    reused = call(client, "PUT", address, first)
    assert (reused.status_code, reused.json()["code"]) == (409, "request_id_reused")


def test_slip__renewal_guessed_at__is_closed_like_a_sign_in(hk: Pair, client: Client) -> None:
    slip = put(client, registration())["slip"]
    wrong = slip | {"secret": "AAAA-AAAA-AAAA-AAAA"}
    for _ in range(FAILURES_MAX):
        assert call(client, "PUT", f"/registrations/slips/{uuid4()}", wrong).status_code == 401
    closed = call(client, "PUT", f"/registrations/slips/{uuid4()}", slip)
    assert closed.json()["code"] == "too_many_failures"
