"""The gate over REST: its token, its bundle, decisions, crossings kept once."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.test import Client

from tests.builders.authorities import START, Pair
from tests.builders.wider_pilot import WATCH, required, wider
from tests.web.api.calls import (
    HOME,
    OUT,
    application,
    applied,
    basic,
    booked,
    call,
    document,
    registered,
)
from tongguan.app.gates import enrol_gate, withdraw_gate
from tongguan.core.gate.bundle import Bundle
from tongguan.core.identifiers import ControlPointId
from tongguan.core.scheme.canonical import canonical_text
from tongguan.web import service


def enrolled(pair: Pair) -> dict[str, str]:
    """The header of a gate newly enrolled."""
    token = f"token-{uuid4()}"
    enrol_gate(pair.hk, name="Lane 1", control_point=ControlPointId("SZB"), token=token)
    return {"authorization": f"Bearer {token}"}


def green(client: Client, pair: Pair, papers: dict[str, Any]) -> list[str]:
    """Today's green codes of both sides."""
    codes = []
    for authority in (pair.hk, pair.gd):
        service.hold_authority(authority)
        body = {"registration": registered(client, document=papers), "declaration": {}}
        answer = call(client, "PUT", f"/health-codes/{uuid4()}", body)
        assert answer.json()["colour"] == "green"
        codes.append(answer.json()["text"])
    service.hold_authority(pair.hk)
    return codes


def traveller(client: Client, pair: Pair) -> dict[str, Any]:
    """A person before the gate on the day before their journey, with everything in hand."""
    papers = document()
    body = application(people=[{"name": "CHAN TAI MAN", "document": papers}])
    answer = call(client, "PUT", f"/applications/{uuid4()}", body).json()
    journey = booked(client, answer["slip"])["journey"]["id"]
    passes = call(client, "GET", f"/journeys/{journey}/passes", **basic(answer["slip"])).json()
    return {
        "direction": "HK-GD",
        "pass_text": passes[0]["text"],
        "code_texts": green(client, pair, papers),
        "document": papers,
    }


def test_gate__token__is_needed_for_everything(hk: Pair, client: Client) -> None:
    slip = applied(client)["slip"]
    for method, path in (
        ("GET", "/gate/bundle"),
        ("POST", "/gate/decide"),
        ("POST", "/gate/crossings"),
    ):
        for headers in ({}, {"authorization": "Bearer wrong"}, basic(slip)):
            response = call(client, method, path, {}, **headers)
            assert response.status_code == 401, path
            assert response.json()["code"] == "credentials_wrong"


def test_gate__withdrawn__may_no_longer_ask(hk: Pair, client: Client) -> None:
    token = str(uuid4())
    gate = enrol_gate(hk.hk, name="Lane 2", control_point=ControlPointId("SZB"), token=token)
    headers = {"authorization": f"Bearer {token}"}
    assert call(client, "GET", "/gate/bundle", **headers).status_code == 200
    withdraw_gate(hk.hk, gate.gate.id)
    assert call(client, "GET", "/gate/bundle", **headers).status_code == 401


def test_gate__bundle__is_what_a_device_reads(hk: Pair, client: Client) -> None:
    response = call(client, "GET", "/gate/bundle", **enrolled(hk))
    assert response.status_code == 200
    bundle = response.json()
    assert bundle["control_point"] == "SZB"
    assert {"version", "acts", "key_sets", "status_lists", "holder_keys", "uses"} <= set(bundle)
    assert "no-store" in response.headers["cache-control"]
    assert Bundle.__dataclass_fields__.keys() <= set(bundle) | {"form"}


def test_gate__decide__says_every_reason_and_records_nothing(hk: Pair, client: Client) -> None:
    headers, person = enrolled(hk), traveller(client, hk)
    for _ in range(2):
        answer = call(client, "POST", "/gate/decide", person, **headers).json()
        assert answer["outcome"] == "deny"
        assert [each["code"] for each in answer["reasons"]] == ["wrong_day", "control_point_closed"]
        assert answer["reasons"][0]["title"]


def test_gate__decide__without_anything_refers_or_denies_with_reasons(
    hk: Pair, client: Client
) -> None:
    body = {"direction": "HK-GD", "document": document()}
    answer = call(client, "POST", "/gate/decide", body, **enrolled(hk)).json()
    codes = [each["code"] for each in answer["reasons"]]
    assert {"pass_missing", "health_code_missing"} <= set(codes)
    garbage = body | {"pass_text": "TG1:NOT A PASS", "code_texts": ["%%%"]}
    answer = call(client, "POST", "/gate/decide", garbage, **enrolled(hk)).json()
    assert "pass_unreadable" in [each["code"] for each in answer["reasons"]]


def test_gate__nobody_is_denied_the_way_home(hk: Pair, client: Client) -> None:
    body = {
        "direction": "GD-HK",
        "document": document(type="hkid", issuer="HKG", number="A123456(3)"),
    }
    answer = call(client, "POST", "/gate/decide", body, **enrolled(hk)).json()
    assert answer["outcome"] == "refer"


def test_gate__crossings__are_kept_once_each(hk: Pair, client: Client) -> None:
    headers, person = enrolled(hk), traveller(client, hk)
    batch = {"crossings": [person | {"id": str(uuid4())} for _ in range(3)]}
    first = call(client, "POST", "/gate/crossings", batch, **headers).json()["crossings"]
    again = call(client, "POST", "/gate/crossings", batch, **headers).json()["crossings"]
    assert [each["id"] for each in first] == [each["id"] for each in batch["crossings"]]
    assert not any(each["replayed"] for each in first)
    assert all(each["replayed"] for each in again)
    assert [each["at"] for each in first] == [each["at"] for each in again]


def test_gate__crossing_under_a_known_id__is_not_kept_and_others_are(
    hk: Pair, client: Client
) -> None:
    headers, person = enrolled(hk), traveller(client, hk)
    known = person | {"id": str(uuid4())}
    call(client, "POST", "/gate/crossings", {"crossings": [known]}, **headers)
    changed, fresh = known | {"direction": "GD-HK"}, person | {"id": str(uuid4())}
    answer = call(client, "POST", "/gate/crossings", {"crossings": [changed, fresh]}, **headers)
    assert [each["kept"] for each in answer.json()["crossings"]] == [False, True]


def test_gate__batch_too_large__is_refused(hk: Pair, client: Client) -> None:
    one = {"direction": "HK-GD", "document": document()}
    batch = {"crossings": [one | {"id": str(uuid4())} for _ in range(101)]}
    response = call(client, "POST", "/gate/crossings", batch, **enrolled(hk))
    assert response.status_code == 400
    assert response.json()["errors"][0]["path"] == "/crossings"


def test_gate__crossing__is_admitted_once_and_its_pass_used(unsigned: Pair, client: Client) -> None:
    unsigned.activate()
    headers, person = enrolled(unsigned), traveller(client, unsigned)
    unsigned.set_time(datetime(2021, 12, 14, 2, 30, tzinfo=UTC))
    unsigned.sync()
    person["code_texts"] = green(client, unsigned, person["document"])
    first, second = (
        call(
            client,
            "POST",
            "/gate/crossings",
            {"crossings": [person | {"id": str(uuid4())}]},
            **headers,
        ).json()["crossings"][0]
        for _ in range(2)
    )
    assert (first["decision"]["outcome"], first["crossed"]) == ("admit", True), first
    assert (second["decision"]["outcome"], second["crossed"]) == ("deny", False), second
    assert [each["code"] for each in second["decision"]["reasons"]] == ["pass_already_used"]


def test_gate__legs__stand_on_the_days_they_were_booked_for() -> None:
    assert OUT["day"] < HOME["day"]


PAPER = {
    "sampled_at": "2021-12-13T08:00:00+08:00",
    "reported_at": "2021-12-13T20:00:00+08:00",
    "specimen": "nasal-swab",
    "read_by": "officer-7",
}


def test_gate__papers_of_tests__are_taken_and_part_of_what_was_sent(
    hk: Pair, client: Client
) -> None:
    headers, person = enrolled(hk), traveller(client, hk)
    sent = person | {"id": str(uuid4()), "tests": [PAPER]}
    without = {name: value for name, value in PAPER.items() if name != "reported_at"}
    for crossing, kept in (
        (sent, True),
        (sent, True),
        (sent | {"tests": [without]}, False),
        (sent | {"tests": []}, False),
    ):
        body = {"crossings": [crossing]}
        answer = call(client, "POST", "/gate/crossings", body, **headers).json()["crossings"][0]
        assert answer["kept"] is kept


def test_gate__papers_that_cannot_be__are_named(hk: Pair, client: Client) -> None:
    headers = enrolled(hk)
    before_the_sample = {"reported_at": "2021-12-13T07:59:59+08:00"}
    for change, path in (
        ({"sampled_at": "2021-12-13T08:00:00"}, "/tests/0/sampled_at"),
        ({"sampled_at": "2021-13-13T08:00:00+08:00"}, "/tests/0/sampled_at"),
        ({"sampled_at": "9999-12-31T23:59:59-12:00"}, "/tests/0/sampled_at"),
        ({"sampled_at": 1639353600}, "/tests/0/sampled_at"),
        ({"sampled_at": None}, "/tests/0/sampled_at"),
        ({"specimen": "a swab"}, "/tests/0/specimen"),
        ({"read_by": ""}, "/tests/0/read_by"),
        ({"colour": "green"}, "/tests/0/colour"),
        (before_the_sample, "/tests/0"),
    ):
        body = {"direction": "HK-GD", "document": document(), "tests": [PAPER | change]}
        response = call(client, "POST", "/gate/decide", body, **headers)
        assert response.status_code == 400, change
        assert [each["path"] for each in response.json()["errors"]] == [path]
    many = {"direction": "HK-GD", "document": document(), "tests": [PAPER] * 9}
    assert call(client, "POST", "/gate/decide", many, **headers).status_code == 400


def test_gate__condition_of_an_admission__is_told_in_the_readers_words(
    unsigned: Pair, client: Client
) -> None:
    unsigned.set_time(START - timedelta(minutes=1))
    unsigned.activate_text(canonical_text(wider()))
    unsigned.set_time(START)
    headers, person = enrolled(unsigned), traveller(client, unsigned)
    unsigned.set_time(datetime(2021, 12, 14, 2, 30, tzinfo=UTC))
    unsigned.sync()
    shown = person | {"code_texts": [], "tests": [PAPER]}
    for language, words in (
        ("en", WATCH.en),
        ("zh-HK", WATCH.zh_hant),
        ("zh-CN", WATCH.zh_hans),
    ):
        asked = headers | {"accept-language": language}
        answer = call(client, "POST", "/gate/decide", shown, **asked).json()
        first, *found = answer["reasons"]
        assert answer["outcome"] == "admit"
        assert first["code"] == "admitted_under_condition"
        assert words in first["remedy"]
        assert {each["code"] for each in found} == {"health_code_missing"}
        assert first["facts"] == {"condition": first["clause"]}


PAPERS: dict[str, Any] = {
    "doses": {"doses": [{"number": 2, "given_on": "2021-06-01", "product": "coronavac"}]},
    "recovery": {"recoveries": [{"first_positive_on": "2021-11-01"}]},
    "medical": {"medical_exemptions": [{"ground": "allergy", "first_day": "2021-12-01"}]},
    "child": {"born_on": "2019-12-14"},
}
"""Each meets the requirement of the pilot that has one, as a test would."""


def test_gate__whoever_is_exempt__gets_the_answer_of_whoever_was_tested(
    unsigned: Pair, client: Client
) -> None:
    unsigned.set_time(START - timedelta(minutes=1))
    unsigned.activate_text(canonical_text(required()))
    unsigned.set_time(START)
    headers, person = enrolled(unsigned), traveller(client, unsigned)
    unsigned.set_time(datetime(2021, 12, 14, 2, 30, tzinfo=UTC))
    person["code_texts"] = green(client, unsigned, person["document"])
    unsigned.sync()
    tested = call(client, "POST", "/gate/decide", person | {"tests": [PAPER]}, **headers)
    assert tested.json()["outcome"] == "admit", tested.json()
    for papers in PAPERS.values():
        shown = person | {"papers": papers | {"read_by": "officer-7"}}
        assert call(client, "POST", "/gate/decide", shown, **headers).content == tested.content
    for language, words in (("en", "Immunity or a test"), ("zh-CN", "免疫或检测")):
        asked = headers | {"accept-language": language}
        answer = call(client, "POST", "/gate/decide", person, **asked).json()
        (reason,) = answer["reasons"]
        assert (answer["outcome"], reason["code"]) == ("refer", "health_requirement_not_shown")
        assert words in reason["title"]
        assert "70" in reason["remedy"]
        one = {"number": 1, "given_on": "2021-06-01", "product": "coronavac"}
        read = {"doses": [one], "born_on": "1980-01-01", "read_by": "officer-7"}
        few = person | {"papers": read}
        (reason,) = call(client, "POST", "/gate/decide", few, **asked).json()["reasons"]
        assert reason["code"] == "health_requirement_not_met"
        assert reason["facts"]["lacking"] == "too_few_doses"
        assert "270" in reason["remedy"], "the way is said"
        assert "{" not in reason["remedy"]


def test_gate__health_papers_that_cannot_be__are_named(hk: Pair, client: Client) -> None:
    headers = enrolled(hk)
    dose, exempt = PAPERS["doses"]["doses"][0], PAPERS["medical"]["medical_exemptions"][0]
    for papers, path in (
        ({"doses": [dose | {"number": 0}]}, "/papers/doses/0/number"),
        ({"doses": [dose | {"number": 21}]}, "/papers/doses/0/number"),
        ({"doses": [dose | {"number": "2"}]}, "/papers/doses/0/number"),
        ({"doses": [dose | {"given_on": "2021-02-30"}]}, "/papers/doses/0/given_on"),
        ({"doses": [dose | {"product": "a dose"}]}, "/papers/doses/0/product"),
        ({"doses": [dose] * 9}, "/papers/doses"),
        ({"recoveries": [{}]}, "/papers/recoveries/0/first_positive_on"),
        (
            {"medical_exemptions": [exempt | {"last_day": "2021-11-30"}]},
            "/papers/medical_exemptions/0",
        ),
        ({"born_on": 1980}, "/papers/born_on"),
        ({"read_by": ""}, "/papers/read_by"),
        ({"colour": "green"}, "/papers/colour"),
    ):
        shown = {"read_by": "officer-7"} | papers
        body = {"direction": "HK-GD", "document": document(), "papers": shown}
        response = call(client, "POST", "/gate/decide", body, **headers)
        assert response.status_code == 400, papers
        assert [each["path"] for each in response.json()["errors"]] == [path]


def test_passes__of_a_scheme_with_tests__say_from_when_on_one_will_do(
    unsigned: Pair, client: Client
) -> None:
    unsigned.set_time(START - timedelta(minutes=1))
    unsigned.activate_text(canonical_text(wider()))
    unsigned.set_time(START)
    slip = applied(client)["slip"]
    journey = booked(client, slip)["journey"]["id"]
    out, home = call(client, "GET", f"/journeys/{journey}/passes", **basic(slip)).json()
    ends = datetime.fromisoformat(out["slot_end"])
    assert [(each["id"], each["specimens"]) for each in out["tests"]] == [("pcr", ["nasal-swab"])]
    assert datetime.fromisoformat(out["tests"][0]["earliest"]) == ends - timedelta(hours=48)
    assert home["tests"] == []
