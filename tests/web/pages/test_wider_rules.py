"""A scheme of every wider rule: what the public, a traveller and an officer are told of it."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from tests.builders.authorities import START, Pair, opened_pair
from tests.builders.figures import CASES
from tests.builders.told_pilot import CHAMBER, told
from tests.web.browsing import application_form, browser, document_number
from tests.web.conftest import PEER_URL, UNKNOWN_NAME
from tests.web.test_routes import words_of
from tongguan.app.acts import SuspensionOrder, suspend_phase
from tongguan.app.figures import sign_day
from tongguan.app.sponsors import nominate
from tongguan.core.identifiers import ControlPointId, PhaseId
from tongguan.core.people import Document, DocumentType
from tongguan.core.scheme.canonical import canonical_text, digest_of
from tongguan.core.texts import Text
from tongguan.web import service

TEXT = canonical_text(told())
LANGUAGES = ("zh-hant", "zh-hans", "en")


@pytest.fixture(scope="module")
def pair(
    configured: object, databases: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pair]:
    with opened_pair(databases, tmp_path_factory.mktemp("wider"), start=START) as opened:
        opened.activate_text(TEXT)
        yield opened


@pytest.fixture
def wider(pair: Pair) -> Pair:
    """Serve Hong Kong, where the text of every wider rule holds."""
    pair.set_time(START + timedelta(minutes=1))
    service.hold_authority(pair.hk, peer_url=PEER_URL)
    return pair


def form(**changes: Any) -> dict[str, Any]:
    """A family visit, with what this text asks beside."""
    return (
        application_form(p0_born="1980-05-01", stay0_division="440300", stay0_last_on="2021-12-10")
        | changes
    )


def text(page: str) -> str:
    return re.sub(r"\s+", " ", words_of(page))


SENTENCES = (
    "Each Wednesday at 09:00: the places of the next week, until Friday at 18:00 (until 6 January",
    "Each day at 00:00: the places of the day 20 days ahead",
    "Places can be taken from 06:00–24:00 each day",
    "Booking closes at 18:00 on the day before the crossing",
    "A booking can be cancelled until 120 minutes before the slot starts",
    "The first person must be 18 or older on the day of the crossing",
    "All of a party must cross together",
    "up to 15 minutes after the slot ends; after that an officer decides",
    "22:00–02:00 (next day)",
    "Cross here without booking and without a pass",
    "Closed on Saturday 25 December 2021",
    "In the 14 days before the crossing you may have been only in: Guangdong",
    "Yuanshan Street (1 December 2021 to 20 December 2021)",
    "No older than 48 hours, counted from sampling",
    "It must be good when the slot starts",
    "Specimens accepted: nasal swab",
    "Immunity or a test",
    "Any one of these will do:",
    "A negative test no older than 48 hours, counted from sampling (specimens: nasal swab)",
    "Doses of a vaccine: 2 or more (of comirnaty, coronavac), days since the last: 14 to 270",
    "Doses of a vaccine: 3 or more, days since the last: 7 or more",
    "Recovery, 11 to 180 days after the first positive test",
    "A doctor's certificate of exemption (grounds: allergy)",
    "Younger than 3",
    "70 or older",
    "A negative test no older than 3 calendar days, counted from the day of sampling",
    "It must be met when you stand at the gate",
    "Whoever is exempt crosses like anyone else; by which of them it is met is not recorded",
    "With no health code",
    "Condition: Watch your health for fourteen days",
    "General Chamber",
    "Granted to those whom a sponsor has put on its list",
    "Decided within 4 hours of applying",
    "(may follow within 7 days after the decision)",
    "10 places a day are kept for them",
    "Order of use: the reserve first",
    "What is unused opens to all at 12:00 on the day before the crossing",
    "31 December 2021 to 2 January 2022: 1,500",
    "To the next day or week: what is unused is added to the next",
    "In a part of a week: a seventh for each day",
    "The music in the queue",
    "Why not: Corrected later.",
    "You need not book to cross at Ferry pier.",
    "Criteria for moving to “Crossing at scale”",
    "Must keep holding: the mean of “Unlinked cases” (days counted: 7), at most 5",
)


def test_public_page__says__every_wider_rule(wider: Pair, client: Client) -> None:
    page = text(client.get("/en/").content.decode())
    assert [each for each in SENTENCES if each not in page] == []


def test_public_page__in_every_language__leaves_no_name_unfilled(
    wider: Pair, client: Client
) -> None:
    for language in LANGUAGES:
        page = client.get(f"/{language}/").content.decode()
        assert UNKNOWN_NAME.partition("%")[0] not in page
        assert not re.search(r"\bNone\b(?! [a-z])|\{\w+\}", words_of(page))
        if language != "en":
            assert "places" not in words_of(page)


def test_measures__without_figures__say_no_data__with_them_the_numbers(
    wider: Pair, client: Client
) -> None:
    before = text(client.get("/en/").content.decode())
    assert "No data" in before
    assert "Hong Kong: no data (none, none, none)" in before
    today = START.date()
    for authority, numbers in ((wider.hk, (4, 5, 7)), (wider.gd, (1, 2, 2))):
        for back, number in enumerate(numbers, start=1):
            day = today - timedelta(days=back)
            sign_day(authority, told().scheme, day, {CASES: number})
    wider.sync()
    page = text(client.get("/en/").content.decode())
    criteria = page.split("Criteria for moving to “Crossing at scale”")[-1]
    assert "Not met" in criteria
    assert "Hong Kong: about 5.333 (7, 5, 4)" in criteria
    assert "Guangdong: about 1.667 (2, 2, 1)" in criteria
    api = client.get("/api/v1/standing").json()
    found = api["criteria"][0]["found"]
    assert found["state"] == "not_met"
    assert [each["number"] for each in found["readings"]] == ["16/3", "5/3"]
    assert api["breakers"][0]["yesterday"]["state"] == "no_data"


def test_suspension__is_shown__with_who_when_scope_reason_and_age(
    unsigned: Pair, client: Client
) -> None:
    unsigned.set_time(START - timedelta(minutes=1))
    unsigned.activate_text(TEXT)
    unsigned.set_time(START + timedelta(minutes=1))
    order = SuspensionOrder(
        why=Text(zh_hant="疫情", zh_hans="疫情", en="An outbreak"),
        control_points=(ControlPointId("SZB"),),
        effective_at=START + timedelta(minutes=39),
    )
    phase, digest = PhaseId("pilot"), digest_of(TEXT)
    suspend_phase(unsigned.hk, digest, phase, order)
    announced = text(client.get("/en/").content.decode())
    assert "Suspension announced" in announced
    unsigned.set_time(START + timedelta(hours=3, minutes=1))
    page = text(client.get("/en/").content.decode())
    assert "Suspended now" in page
    assert "signed by Hong Kong on Monday 13 December 2021, 09:01, 3 hours ago." in page
    assert "from Monday 13 December 2021, 09:39: ordered 38 minutes before." in page
    assert "Control points: Shenzhen Bay" in page
    assert "Why: An outbreak" in page
    assert "The way home stays open." in page
    traveller = browser()
    traveller.post("/en/apply/family/", form())
    take = text(traveller.get("/en/application/places/").content.decode())
    out, home = take.split("Way home:")
    assert "ordered 38 minutes before." in out
    assert "ordered 38 minutes before." not in home
    shown = client.get("/api/v1/standing").json()["suspensions"]
    assert [(each["authority"], each["age_minutes"]) for each in shown] == [("HK", 180)]
    assert shown[0]["control_points"] == ["SZB"]


def test_form__days_that_are_asked_for__are_not_said_to_be_left_empty(
    wider: Pair, client: Client
) -> None:
    page = client.get("/en/apply/family/").content.decode()
    for name, hint in (
        ("p0_born", "For example 2021-12-10."),
        ("stay1_last_on", "For example 2021-12-10. Leave"),
    ):
        found = re.search(rf'id="id_{name}_helptext">([^<]*)<', page)
        assert found is not None
        assert found.group(1).startswith(hint)
        assert ("Leave" in found.group(1)) is ("Leave" in hint)


AHEAD = "Enter a day no later than today."
FAULTS = (
    ({"p0_born": ""}, "Enter the date of birth"),
    ({"p0_born": "1 May"}, "Enter the day as year-month-day"),
    ({"p0_born": "2031-01-01"}, AHEAD),
    ({"stay0_division": ""}, "Choose the place."),
    ({"stay0_division": "999999"}, "Choose the place."),
    ({"stay0_last_on": ""}, "Enter the last day there."),
    ({"stay0_last_on": "2021-12-31"}, AHEAD),
    ({"stay1_division": "440400"}, "Enter the last day there."),
    ({"stay1_last_on": "2021-12-09"}, "Choose the place."),
)


@pytest.mark.parametrize(("changes", "message"), FAULTS)
def test_form__born_and_stays__are_named_at_their_fields(
    wider: Pair, client: Client, changes: dict[str, str], message: str
) -> None:
    response = client.post("/en/apply/family/", form(**changes))
    page = response.content.decode()
    assert response.status_code == 400
    summary = page.split('role="alert"')[1].split("</div>")[0]
    assert message in summary
    (link,) = re.findall(r'<a href="#([^"]+)">', summary)
    assert f'id="{link}"' in page
    assert link.removeprefix("id_") in {*changes, "stay1_division", "stay1_last_on"}


@pytest.mark.parametrize("chosen", ["", "nobody", "<b>"])
def test_form__sponsor_missing_or_unknown__is_named(
    wider: Pair, client: Client, chosen: str
) -> None:
    response = client.post("/en/apply/business/", form(sponsor=chosen))
    assert response.status_code == 400
    assert "Choose the sponsor." in response.content.decode()


def test_party_of_a_sponsor__is_shown__what_is_still_to_come_and_its_allotment(
    wider: Pair, client: Client
) -> None:
    number = document_number()
    document = Document(type=DocumentType.HOME_RETURN_PERMIT, number=number, issuer="CHN")
    nominate(wider.hk, CHAMBER, [document], officer="lam")
    client.post("/en/apply/business/", form(sponsor=CHAMBER, p0_document_number=number))
    page = text(client.get("/en/application/").content.decode())
    assert "Granted" in page
    assert "Your sponsor General Chamber" in page
    assert "list of the sponsor “General Chamber”" in page
    assert "letter of invitation or contract : by Monday 20 December 2021" in page.replace(
        "contract:", "contract :"
    )
    assert "Shenzhen, until Friday 10 December 2021" in page
    take = client.get("/en/application/places/").content.decode()
    assert "22:00–02:00 (next day)" in take
    assert "You need not book to cross at Ferry pier." in text(take)
    assert '|FRY"' not in take
    assert "2021-12-25|" not in client.get("/en/application/places/?more=1").content.decode()
    assert "2021-12-26|" in client.get("/en/application/places/?more=1").content.decode()
    _passes_say_what_is_asked(client)
    board = client.get("/api/v1/availability?sponsor=general-chamber").json()["allotments"]
    assert {(each["sponsor"], each["taken"]) for each in board} == {
        ("general-chamber", 1),
        ("general-chamber", 0),
    }
    unknown = client.get("/api/v1/availability?sponsor=nobody")
    assert (unknown.status_code, unknown.json()["code"]) == (400, "request_invalid")
    assert "Sponsors' allotments" in text(client.get("/en/").content.decode()).replace("’", "'")


def _passes_say_what_is_asked(client: Client) -> None:
    form = {
        "request_id": str(uuid4()),
        "HK-GD": "2021-12-15|night|SZB",
        "GD-HK": "2021-12-17|evening|SZB",
    }
    booked = client.post("/en/application/places/", form)
    assert booked.status_code == 302
    for part in ("", "print/"):
        page = text(client.get(booked.headers["location"] + part).content.decode())
        out, home = page.split("Way home:")
        assert "sampled on Monday 13 December 2021, 22:00 or later" in out
        assert "sampled on" not in home
        assert "when you cross, by Thursday 16 December 2021, 02:00 at the latest" in out
        assert "up to 15 minutes after the slot ends" in out
        assert "With no health code Condition: Watch your health for fourteen days" in out
        assert "Watch your health" not in home
        assert "A green health code of Guangdong" in page


def test_version_page__of_another_phase__is_shown_when_asked_for(
    wider: Pair, client: Client
) -> None:
    address = f"/en/scheme/{told().id}/"
    first = text(client.get(address).content.decode())
    other = text(client.get(f"{address}?phase=at-scale").content.decode())
    assert "General Chamber" in first
    assert "General Chamber" not in other
    assert "General Chamber" in text(client.get(f"{address}?phase=nothing").content.decode())


def test_desk__shows__the_clock_first_with_stays_and_the_age_of_the_head(
    wider: Pair, officer: Client
) -> None:
    traveller = browser()
    asked = {"evidence_kinship": "", "evidence_pressing-need": "Hospital certificate"}
    traveller.post("/en/apply/compassionate/", form(**asked))
    own = text(traveller.get("/en/application/").content.decode())
    assert "It will be decided by Monday 13 December 2021, 13:01." in own
    queue = officer.get("/en/desk/").content.decode()
    assert "3 hours 59 minutes left" in text(queue)
    address = re.findall(r'href="(/en/desk/applications/[^"]+)"', queue)[0]
    page = text(officer.get(address).content.decode())
    assert "aged 41 today" in page
    assert "Shenzhen, until Friday 10 December 2021" in page
    wider.set_time(START + timedelta(hours=4, minutes=31, seconds=30))
    assert "30 minutes overdue" in text(officer.get("/en/desk/").content.decode())
    late = text(traveller.get("/en/application/").content.decode())
    assert "It should have been decided by" in late
    for language in LANGUAGES:
        for path in ("desk/", address.removeprefix("/en/")):
            shown = officer.get(f"/{language}/{path}").content.decode()
            assert UNKNOWN_NAME.partition("%")[0] not in shown
