"""Applications over REST: once for an id, opened with the slip."""

from uuid import uuid4

import pytest
from django.test import Client

from tests.builders.authorities import Pair
from tests.web.api.calls import application, applied, basic, call
from tongguan.web.throttle import FAILURES_MAX


def test_application__put__is_decided_with_reasons(hk: Pair, client: Client) -> None:
    answer = applied(client)
    assert answer["application"]["state"] == "granted"
    reason = answer["application"]["decision"]["reasons"][0]
    assert reason["code"] == "granted_first_come"
    assert reason["clause"] == "phases/pilot/categories/family/allocation"
    assert reason["title"] == "The application is granted; places go to those who come first."
    assert answer["slip"]["reference"].startswith("TG-")


def test_application__put_again__is_the_same_with_the_same_slip(hk: Pair, client: Client) -> None:
    path, body = f"/applications/{uuid4()}", application()
    first, again = (call(client, "PUT", path, body).json() for _ in range(2))
    assert (first["replayed"], again["replayed"]) == (False, True)
    assert first["slip"] == again["slip"]
    other = call(client, "PUT", path, application())
    assert other.status_code == 409
    assert other.json()["code"] == "request_id_reused"


def test_application__post__with_the_id_in_the_body(hk: Pair, client: Client) -> None:
    body = application() | {"id": str(uuid4())}
    first = call(client, "POST", "/applications", body).json()
    again = call(
        client, "PUT", f"/applications/{body['id']}", {k: v for k, v in body.items() if k != "id"}
    )
    assert again.json()["replayed"]
    assert first["application"]["id"] == body["id"]


def test_application__refused__is_an_answer_in_the_language_asked_for(
    hk: Pair, client: Client
) -> None:
    body = application(itinerary=["430100"])
    for accepted, title in (
        ("zh-HK", "行程中有地點不在活動範圍內。"),
        ("zh-CN", "行程中有地点不在活动范围内。"),
        ("en", "A place in the itinerary lies outside the activity range."),
    ):
        response = call(
            client, "PUT", f"/applications/{uuid4()}", body, **{"accept-language": accepted}
        )
        assert response.status_code == 200
        decided = response.json()["application"]["decision"]
        assert decided["outcome"] == "refuse"
        assert decided["reasons"][0]["title"] == title
        assert decided["reasons"][0]["claims"] == ["F10"]


def test_application__open__with_the_slip_in_header_or_body(hk: Pair, client: Client) -> None:
    answer = applied(client)
    by_header = call(client, "GET", "/application", **basic(answer["slip"]))
    by_body = call(client, "POST", "/application/open", answer["slip"])
    assert by_header.status_code == by_body.status_code == 200
    assert by_header.json() == by_body.json()
    assert by_header.json()["id"] == answer["application"]["id"]
    assert "CHAN" not in by_header.content.decode()


def test_application__open__without_or_with_a_wrong_slip_is_refused(
    hk: Pair, client: Client
) -> None:
    slip = applied(client)["slip"]
    headers = (
        {},
        {"authorization": "Bearer x"},
        {"authorization": "Basic ???"},
        {"authorization": "Basic"},
        basic(slip | {"secret": "WRONG"}),
        basic({"reference": "TG-AAAA-AAAA", "secret": slip["secret"]}),
    )
    for each in headers:
        response = call(client, "GET", "/application", **each)
        assert response.status_code == 401, each
        assert response.json()["code"] == "credentials_wrong"
        assert "Basic" in response.headers["www-authenticate"]


def test_application__guessed_too_often__is_closed(hk: Pair, client: Client) -> None:
    slip = applied(client)["slip"]
    for _ in range(FAILURES_MAX):
        call(client, "GET", "/application", **basic(slip | {"secret": "WRONG"}))
    closed = call(client, "GET", "/application", **basic(slip))
    assert closed.status_code == 429
    assert closed.json()["code"] == "too_many_failures"
    # The page counts under the same name.
    assert client.post("/en/sign-in/", slip).status_code == 429


def test_application__on_the_other_side__is_refused(gd: Pair, client: Client) -> None:
    response = call(client, "PUT", f"/applications/{uuid4()}", application())
    assert response.status_code == 409
    assert response.json()["code"] == "booked_elsewhere"
    left = client.get("/api/v1/availability")
    assert left.status_code == 409
    assert left.json()["code"] == "booked_elsewhere"


def test_application__nothing_holds__is_said(unsigned: Pair, client: Client) -> None:
    response = call(client, "PUT", f"/applications/{uuid4()}", application())
    assert response.status_code == 409
    assert response.json()["code"] == "nothing_holds"


def test_application__division_unknown__is_named_by_its_place(hk: Pair, client: Client) -> None:
    body = application(itinerary=["440300", "449900", "999999"])
    response = call(client, "PUT", f"/applications/{uuid4()}", body)
    assert response.status_code == 400
    assert [each["path"] for each in response.json()["errors"]] == ["/itinerary/1", "/itinerary/2"]


STAY = {"division": "440300", "last_on": "2021-12-10"}


@pytest.mark.parametrize(
    ("stays", "path"),
    [
        ([STAY | {"division": "990000"}], "/stays/0/division"),
        ([STAY | {"division": ""}], "/stays/0/division"),
        ([STAY, STAY | {"last_on": "2021-12-31"}], "/stays/1/last_on"),
        ([STAY | {"last_on": "yesterday"}], "/stays/0/last_on"),
        ([STAY | {"last_on": 1}], "/stays/0/last_on"),
        ([STAY | {"until": "2021-12-11"}], "/stays/0/until"),
        ([STAY] * 61, "/stays"),
        ("Shenzhen", "/stays"),
    ],
)
def test_application__stays_wrong__are_named_by_their_place(
    hk: Pair, client: Client, stays: object, path: str
) -> None:
    answer = call(client, "PUT", f"/applications/{uuid4()}", application(stays=stays))
    assert answer.status_code == 400
    assert [each["path"] for each in answer.json()["errors"]] == [path]


@pytest.mark.parametrize("born", ["2031-01-01", "1 May 1980", 0, ""])
def test_application__born_wrong__is_named_by_its_place(
    hk: Pair, client: Client, born: object
) -> None:
    people = [person | {"born": born} for person in application()["people"]]
    answer = call(client, "PUT", f"/applications/{uuid4()}", application(people=people))
    assert answer.status_code == 400
    assert [each["path"] for each in answer.json()["errors"]] == ["/people/0/born"]


def test_application__sponsor_of_no_list__is_refused_or_ignored_but_never_a_fault(
    hk: Pair, client: Client
) -> None:
    for sponsor, status in (("nobody", 200), ("", 400), (7, 400), ("x" * 41, 400)):
        body = application(sponsor=sponsor)
        answer = call(client, "PUT", f"/applications/{uuid4()}", body)
        assert answer.status_code == status, sponsor


def test_application__opened__says_by_when_it_is_decided_and_what_was_told(
    hk: Pair, client: Client
) -> None:
    slip = applied(client)["slip"]
    shown = call(client, "GET", "/application", **basic(slip)).json()
    assert (shown["decide_by"], shown["lapsed_at"], shown["sponsor"]) == (None, None, None)
    told = call(client, "GET", "/application/notices", **basic(slip))
    assert (told.status_code, told.json()) == (200, [])
