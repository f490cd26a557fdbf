"""Every failure is a problem document that names the place, in three languages."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from tests.builders.authorities import Pair
from tests.web.api.calls import application, call, document
from tongguan.adapters.words import texts
from tongguan.core.texts import Language
from tongguan.web.api import scheme
from tongguan.web.api.problems import ProblemCode

FORM = "Give this in the form"
PATH = f"/applications/{uuid4()}"


def person(**changes: Any) -> dict[str, Any]:
    return {"name": "A", "document": document()} | changes


def put(client: Client, body: Any, **headers: str) -> tuple[int, dict[str, Any]]:
    response = call(client, "PUT", PATH, body, **headers)
    assert response.headers["content-type"] == "application/problem+json", response.content
    return response.status_code, json.loads(response.content)


def test_problems__every_code__has_a_status_and_words() -> None:
    for code in ProblemCode:
        assert 400 <= code.status < 600
        for part in ("title", "what"):
            assert f"problems.{code}.{part}" in texts()
    assert list(ProblemCode) == sorted(ProblemCode)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("", 400, "body_empty"),
        ("x", 400, "body_not_json"),
        ("{", 400, "body_not_json"),
        (b"\xff\xfe{}", 400, "body_not_json"),
        ('{"category": NaN}', 400, "body_not_json"),
        ('{"category": "family", "category": "business"}', 400, "body_not_json"),
        ("[" * 30_000, 400, "body_not_json"),
        ("[]", 400, "request_invalid"),
        ('"text"', 400, "request_invalid"),
        ("null", 400, "request_invalid"),
        ("x" * 1_000_000, 413, "body_too_large"),
        ({"category": "family"}, 400, "request_invalid"),
    ],
    ids=range(12),
)
def test_problem__body_wrong__says_what_is_wrong(
    hk: Pair, client: Client, body: Any, status: int, code: str
) -> None:
    answered, found = put(client, body)
    assert (answered, found["status"], found["code"]) == (status, status, code)
    assert found["type"] == f"urn:tongguan:problem:{code}"
    assert found["title"]
    assert found["detail"]


@pytest.mark.parametrize(
    ("changes", "path", "message"),
    [
        ({"colour": 1}, "/colour", "Remove this field"),
        ({"category": 5}, "/category", "Give this as text."),
        ({"category": "x" * 41}, "/category", "Shorten this to 40"),
        ({"people": []}, "/people", "Give at least 1."),
        ({"people": {}}, "/people", "Give this as a list."),
        ({"people": ["x"]}, "/people/0", "Give this as an object."),
        (
            {"people": [person(document=document(type="x"))]},
            "/people/0/document/type",
            "Use one of these",
        ),
        ({"people": [person(name="")]}, "/people/0/name", FORM),
        ({"people": [person(name="A\x00B")]}, "/people/0/name", FORM),
        ({"people": [{"document": document()}]}, "/people/0/name", "Give this field."),
        ({"people": [person(document=document(number="<"))]}, "/people/0/document/number", FORM),
        ({"people": [person(**{"a/b": 1})]}, "/people/0/a~1b", "Remove this field"),
        ({"evidence": []}, "/evidence", "Give this as an object."),
        ({"evidence": {"kinship": "x" * 501}}, "/evidence/kinship", "Shorten this to 500"),
        ({"itinerary": ["44-03"]}, "/itinerary/0", FORM),
        ({"itinerary": None}, "/itinerary", "Give this as a list."),
    ],
    ids=range(16),
)
def test_problem__field_wrong__is_named_by_its_place(
    hk: Pair, client: Client, changes: dict[str, Any], path: str, message: str
) -> None:
    status, found = put(client, application(**changes))
    assert status == 400
    assert [each["path"] for each in found["errors"]] == [path]
    assert found["errors"][0]["message"].startswith(message)


def test_problem__lone_surrogate__is_refused(hk: Pair, client: Client) -> None:
    body = json.dumps(application()).replace("CHAN TAI MAN", "\\ud800")
    status, found = put(client, body)
    assert status == 400
    assert found["errors"][0]["path"] == "/people/0/name"


def test_problem__several_faults__are_all_named_at_once(hk: Pair, client: Client) -> None:
    _, found = put(client, {"category": 1, "people": [], "extra": True})
    assert {each["path"] for each in found["errors"]} == {
        "/category", "/people", "/evidence", "/itinerary", "/extra",
    }  # fmt: skip


def test_problem__words__follow_accept_language(hk: Pair, client: Client) -> None:
    for accepted, language in (("zh-HK", "ZH_HANT"), ("zh-CN", "ZH_HANS"), ("en-GB", "EN")):
        response = call(client, "PUT", PATH, {}, **{"accept-language": accepted})
        expected = texts()["problems.request_invalid.title"].in_language(Language[language])
        assert json.loads(response.content)["title"] == expected
        assert response.headers["content-language"] == Language[language].value


def test_problem__id_in_the_path__is_named(hk: Pair, client: Client) -> None:
    response = call(client, "PUT", "/applications/not-a-uuid", application())
    assert response.status_code == 400
    assert response.json()["errors"] == [
        {"path": "application_id", "message": "Give this in the form that the documentation shows."}
    ]


def test_problem__address_or_method_unknown__is_a_problem_too(hk: Pair, client: Client) -> None:
    missing = call(client, "GET", "/nothing")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
    method = call(client, "DELETE", "/scheme")
    assert (method.status_code, method.json()["code"]) == (405, "method_not_allowed")
    assert "GET" in method.headers["allow"]


def test_problem__our_own_bug__tells_nothing_of_itself(
    hk: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("the secret of the system")

    monkeypatch.setattr(scheme, "public_overview", fails)
    client = Client(raise_request_exception=False, SERVER_NAME="127.0.0.1")
    response = call(client, "GET", "/scheme")
    assert response.status_code == 500
    assert response.json()["code"] == "internal_error"
    assert "secret of" not in response.content.decode()
    assert "RuntimeError" not in response.content.decode()


def test_page__our_own_bug__tells_nothing_of_itself(
    hk: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tongguan.web.pages import public  # noqa: PLC0415

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("the secret of the system")

    monkeypatch.setattr(public, "public_overview", fails)
    client = Client(raise_request_exception=False, SERVER_NAME="127.0.0.1")
    for language, words in (
        ("zh-hant", "系統出現錯誤。"), ("zh-hans", "系统出现错误。"), ("en", "on our side"),
    ):  # fmt: skip
        response = client.get(f"/{language}/")
        assert response.status_code == 500
        page = response.content.decode()
        assert words in page
        assert 'class="demonstration"' in page
        assert "secret of" not in page
