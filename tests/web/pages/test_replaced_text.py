"""Pages and answers about what was applied for and booked under a text that has been replaced."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.builders.authorities import START, Pair, opened_pair
from tests.builders.changes import HONOUR, REVOKE, assumed, next_text, rule, take_place
from tests.builders.schemes import slot
from tests.web.api.calls import basic
from tests.web.browsing import applied, booked, browser
from tests.web.conftest import PEER_URL, UNKNOWN_NAME
from tests.web.test_routes import words_of
from tongguan.core.identifiers import ControlPointId
from tongguan.core.scheme.model import GrantRule, Phase
from tongguan.core.texts import Text
from tongguan.web import service

LANGUAGES = ("zh-hant", "zh-hans", "en")
NEW = ControlPointId("LMC")


def everything_else(phase: Phase) -> dict[str, Any]:
    """No category, control point or slot keeps its name; the directions stay."""
    assert phase.entry is not None
    (bay,) = phase.entry.control_points or ()
    name = Text(zh_hant="落馬洲", zh_hans="落马洲", en="Lok Ma Chau")
    point = replace(bay, id=NEW, names=dict.fromkeys(bay.names, name))
    (study, *_) = phase.categories
    label = Text(zh_hant="就學", zh_hans="就学", en="Study")
    return {
        "entry": replace(phase.entry, control_points=(point,)),
        "categories": (replace(study, id="study", name=label, fallback=()),),
        "quotas": tuple(each for each in phase.quotas if "category" not in each.counts),
        "directions": tuple(
            replace(each, slots=(slot("noon", "11:00", "15:00"),)) for each in phase.directions
        ),
    }


class Travellers:
    """Four parties under the first text: booked, granted, refused, waiting."""

    def __init__(self) -> None:
        self.booked, self.granted = browser(), browser()
        self.refused, self.waiting = browser(), browser()
        self.slip = applied(self.booked)
        self.journey = booked(self.booked)
        applied(self.granted)
        applied(self.refused, elsewhere=["430000"])
        self.waiting_slip = applied(self.waiting, "compassionate")


Replaced = tuple[Pair, Travellers]


@pytest.fixture(scope="module", params=["kept", "lapsed"])
def opened(
    request: pytest.FixtureRequest,
    configured: object,
    databases: Callable[[], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Replaced]:
    """Hong Kong with the assumed pilot, four parties, and then a text that keeps no name of it."""
    kept = request.param == "kept"
    directory = tmp_path_factory.mktemp(request.param)
    with opened_pair(databases, directory, start=START - timedelta(minutes=1)) as pair:
        pair.activate()
        service.hold_authority(pair.hk, peer_url=PEER_URL)
        travellers = Travellers()
        grants = GrantRule.KEEP if kept else GrantRule.LAPSE
        holders = rule(HONOUR if kept else REVOKE, grants=grants)
        take_place(pair, next_text(everything_else, holders=holders))
        yield pair, travellers


@pytest.fixture
def replaced(opened: Replaced) -> Replaced:
    """Serve it."""
    service.hold_authority(opened[0].hk, peer_url=PEER_URL)
    return opened


def page_of(client: Client, path: str, language: str = "en") -> str:
    response = client.get(f"/{language}/{path}")
    assert response.status_code in {200, 302}, (path, response.status_code)
    page = response.content.decode()
    assert UNKNOWN_NAME.partition("%")[0] not in page
    return re.sub(r"\s+", " ", words_of(page))


def test_pages__after_a_text_that_keeps_no_name__say_what_was_applied_for(
    replaced: Replaced, officer: Client
) -> None:
    _, travellers = replaced
    journey = f"application/journeys/{travellers.journey}/"
    paths = (
        "application/",
        "application/places/",
        journey,
        f"{journey}print/",
        f"{journey}cancel/",
    )
    everyone = (
        travellers.booked,
        travellers.granted,
        travellers.refused,
        travellers.waiting,
    )
    for language in LANGUAGES:
        for client in everyone:
            for path in paths if client is travellers.booked else paths[:2]:
                shown = page_of(client, path, language)
                assert not re.search(r"\b(SZB|midday|kinship|pressing-need)\b", shown)
        page_of(officer, "desk/", language)
        page_of(browser(), "", language)
    for client in everyone[1:3]:
        assert "Family" in page_of(client, "application/")
    waits = page_of(travellers.waiting, "application/")
    assert "Compassionate" in waits or "compassionate" in waits.lower()
    assert "Shenzhen Bay" in page_of(travellers.booked, "application/")


def test_notices__say_in_words__what_happened(replaced: Replaced) -> None:
    _, travellers = replaced
    journey = page_of(travellers.booked, "application/")
    grant = page_of(travellers.granted, "application/")
    assert "What you should know" in journey
    if "kept as they are" in journey:
        assert re.search(r"your places of Tuesday 14 December 2021, \w+day \d+ December", journey)
        assert "no longer has the category “Family" in grant
        assert "Take places" in grant
        places = travellers.granted.get("/en/application/places/").content.decode()
        assert "|noon|LMC" in places
    else:
        assert "it was cancelled." in journey
        assert "no longer counts" in grant
        assert "Take places" not in grant
        assert travellers.granted.get("/en/application/places/").status_code == 302
        assert 'href="/en/apply/"' in travellers.granted.get("/en/application/").content.decode()


def test_desk__decides__by_the_text_that_still_has_the_category(
    replaced: Replaced, officer: Client
) -> None:
    _, travellers = replaced
    queue = officer.get("/en/desk/").content.decode()
    found = re.search(
        rf'href="/en/(desk/applications/[^"]+)">{travellers.waiting_slip.reference}', queue
    )
    assert found is not None
    for language in LANGUAGES:
        page_of(officer, found.group(1), language)
    officer.post(f"/en/{found.group(1)}", {"decision": "grant"})
    after = page_of(officer, found.group(1))
    assert "Granted" in after or "Refused" in after
    page_of(travellers.waiting, "application/")


def test_api__after_a_text_that_keeps_no_name__still_answers(replaced: Replaced) -> None:
    _, travellers = replaced
    client, slip = browser(), travellers.slip
    headers = basic({"reference": slip.reference, "secret": slip.secret})
    for path in ("application", "application/notices", "journeys"):
        assert client.get(f"/api/v1/{path}", headers=headers).status_code == 200, path
    notices = client.get("/api/v1/application/notices", headers=headers).json()
    assert [each["code"] for each in notices] in (["place_honoured"], ["journey_revoked"])
    assert notices[0]["journey"] == travellers.journey
    assert "December 2021" in notices[0]["title"]
    assert client.get("/api/v1/application/notices").status_code == 401
    assert assumed().id != client.get("/api/v1/scheme").json()["holding"]["version"]
    for part in ("passes", "cancel"):
        address = f"/api/v1/journeys/{travellers.journey}/{part}"
        answer = client.post if part == "cancel" else client.get
        assert answer(address, headers=headers).status_code == 200
