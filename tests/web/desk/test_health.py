"""The health desk: two officers of different units, cases, claims, acts, alarms; no hand alone."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from tests.builders.authorities import START, Pair
from tests.web.browsing import (
    Slip,
    browser,
    declared,
    document_number,
    registered,
    registration_form,
)

Desk = Callable[[str], Client]


def finding_form(**changes: Any) -> dict[str, Any]:
    return {
        "request_id": str(uuid4()),
        "ground": "close_contact",
        "on": "2021-12-12",
        "ends_on": "2021-12-18",
        "reference": "CT-2021-77",
        "words": "Sat beside case 12.",
    } | changes


def words(**changes: Any) -> dict[str, Any]:
    return {"request_id": str(uuid4()), "words": "Looked into it."} | changes


def proposed(desk: Client, slip: Slip, **changes: Any) -> str:
    """Propose a finding; the address of the proposal."""
    address = f"/en/desk/health/registrations/{slip.reference}/finding/"
    made = desk.post(address, finding_form(**changes))
    assert made.status_code == 302, made.content.decode()
    return made.headers["location"]


def found(desk: Desk, slip: Slip, by: tuple[str, str] = ("ho", "lam")) -> str:
    """Evidence of two officers; the id of the evidence."""
    address = proposed(desk(by[0]), slip)
    done = desk(by[1]).post(address, {"decision": "confirm"})
    assert done.headers["location"] == address
    return address.rstrip("/").rpartition("/")[2]


def case_with(desk: Client, said: str) -> str:
    """The address of the open case in which the person says this."""
    queue = desk.get("/en/desk/health/cases/").content.decode()
    for address in re.findall(r'href="(/en/desk/health/cases/[0-9a-f-]{36}/)"', queue):
        if said in desk.get(address).content.decode():
            return str(address)
    raise AssertionError(said)


@pytest.fixture
def reviewed(hk: Pair) -> Iterator[None]:
    """Afterwards no act of this test counts against the officers of the next."""
    yield
    with hk.hk.database.transaction() as transaction:
        acts = transaction.evidence.acts_to_review(limit=1000)
        serials = [each.serial for each in acts]
        transaction.evidence.review(serials, at=transaction.now, by=("auditor-one", "auditor-two"))
        alarms = [each.serial for each in transaction.controls.alarms(open_only=True)]
        transaction.controls.review_alarms(
            alarms, at=transaction.now, by=("auditor-one", "auditor-two")
        )


pytestmark = pytest.mark.usefixtures("reviewed")


def test_finding__by_one__does_nothing_and_they_cannot_confirm_it(hk: Pair, desk: Desk) -> None:
    person = browser()
    slip = registered(person)
    declared(person)
    address = proposed(desk("ho"), slip)
    page = desk("ho").get(address).content.decode()
    assert "This is your own proposal" in page
    assert 'value="confirm"' not in page
    forced = desk("ho").post(address, {"decision": "confirm"})
    assert forced.status_code == 409
    assert "colour-green" in person.get("/en/health-code/own/").content.decode()


def test_finding__by_two_units__turns_red_at_once_and_is_told_in_words(
    hk: Pair, desk: Desk
) -> None:
    person = browser()
    slip = registered(person)
    declared(person)
    evidence = found(desk, slip)
    page = person.get("/en/health-code/own/").content.decode()
    assert "colour-green" not in page
    assert "Your code of today was withdrawn" in page
    assert "Something turns your colour Red" in page
    assert "Case Management" in page
    assert "Contact Tracing" in page
    assert "CT-2021-77" in page
    assert "Sat beside case 12." in page
    assert "By itself on Sunday 19 December 2021, 00:00" in page
    assert "Two officers of different units" in page
    assert f"/en/health-code/findings/{evidence}/correction/" in page
    anew = person.post("/en/health-code/own/new/", {"request_id": str(uuid4())})
    assert anew.status_code == 302
    assert "colour-red" in person.get("/en/health-code/own/").content.decode()


def test_finding__refused_or_taken_back__does_nothing(hk: Pair, desk: Desk) -> None:
    person = browser()
    slip = registered(person)
    address = proposed(desk("ho"), slip)
    assert desk("chan").post(address, {"decision": "refuse"}).status_code == 302
    page = desk("lam").get(address).content.decode()
    assert "Decided by officer-chan (Port Health)" in page
    late = desk("lam").post(address, {"decision": "confirm"})
    assert late.status_code == 409
    assert "decided already" in late.content.decode()
    nothing = desk("lam").post(address, {"decision": "maybe"})
    assert nothing.status_code == 400
    assert (
        "There is no evidence against you." in person.get("/en/health-code/own/").content.decode()
    )


def test_finding__faults__are_said(hk: Pair, desk: Desk) -> None:
    slip = registered(browser())
    address = f"/en/desk/health/registrations/{slip.reference}/finding/"
    cases = {
        "Choose the ground.": (400, {"ground": "symptoms"}),
        "Enter the reference of the document.": (400, {"reference": ""}),
        "Write down why.": (400, {"words": ""}),
        "Enter the last day on which it counts.": (400, {"ends_on": ""}),
        "still to come": (409, {"on": "2021-12-14"}),
        "It would count for too long.": (409, {"ends_on": "2022-03-01"}),
        "The last day is over already.": (409, {"ends_on": "2021-12-12"}),
    }
    for message, (status, changes) in cases.items():
        answer = desk("ho").post(address, finding_form(**changes))
        assert answer.status_code == status, message
        assert message in answer.content.decode(), message


def test_officer__without_unit__is_told_so_and_sees_nobody(hk: Pair, desk: Desk) -> None:
    from django.contrib.auth.models import User  # noqa: PLC0415

    User.objects.get_or_create(username="officer-new", defaults={"is_staff": True})
    new, slip = desk("new"), registered(browser())
    page = new.get("/en/desk/health/").content.decode()
    assert "You belong to no unit" in page
    address = f"/en/desk/health/registrations/{slip.reference}/finding/"
    refused = new.post(address, finding_form())
    assert refused.status_code == 409
    assert "belongs to no unit" in refused.content.decode()


def test_correction__asked_checked_and_lifted_by_two(hk: Pair, desk: Desk) -> None:
    person = browser()
    slip = registered(person)
    evidence = found(desk, slip)
    address = f"/en/health-code/findings/{evidence}/correction/"
    empty = person.post(address, {"request_id": str(uuid4()), "words": "", "step": "check"})
    assert empty.status_code == 400
    assert "Say what is wrong with it." in empty.content.decode()
    form = {"request_id": str(uuid4()), "words": "I was in hospital <b>that</b> day."}
    check = person.post(address, form | {"step": "check"}).content.decode()
    assert "Check and send" in check
    assert "&lt;b&gt;that" in check
    assert "Waiting to be decided" not in check
    assert "that</b>" not in person.post(address, form | {"step": "change"}).content.decode()
    sent = person.post(address, form | {"step": "send"})
    assert sent.headers["location"] == address
    case = person.get(address).content.decode()
    assert "Waiting to be decided" in case
    assert "left." in case
    own = person.get("/en/health-code/own/").content.decode()
    assert "A case runs; it is decided by" in own
    again = person.post(address, form | {"step": "send", "request_id": str(uuid4())})
    assert again.status_code == 409
    assert "A case about this is open already." in again.content.decode()
    one = case_with(desk("chan"), "I was in hospital")
    assert "I was in hospital" in desk("chan").get(one).content.decode()
    lifting = desk("chan").post(one, words(decision="lift"))
    assert lifting.status_code == 302
    assert desk("lee").post(lifting.headers["location"], {"decision": "confirm"}).status_code == 302
    own = person.get("/en/health-code/own/").content.decode()
    assert "There is no evidence against you." in own
    assert "Something that counted against you was lifted" in own
    assert "You were right" in person.get(address).content.decode()


def test_correction__of_anothers_evidence__is_not_found(hk: Pair, desk: Desk) -> None:
    evidence = found(desk, registered(browser()))
    other = browser()
    registered(other)
    address = f"/en/health-code/findings/{evidence}/correction/"
    assert other.get(address).status_code == 404
    sent = other.post(address, words(step="send"))
    assert sent.status_code == 404
    assert other.get(f"/en/health-code/findings/{uuid4()}/correction/").status_code == 404


def test_correction__undecided_in_time__is_relief_and_the_page_says_so(
    hk: Pair, desk: Desk
) -> None:
    person = browser()
    slip = registered(person)
    address = f"/en/health-code/findings/{found(desk, slip)}/correction/"
    assert person.post(address, words(step="send")).status_code == 302
    rules = hk.hk.health_rules
    assert rules is not None
    hk.set_time(START + rules.controls.correction_time + timedelta(hours=1))
    try:
        own = person.get("/en/health-code/own/").content.decode()
        assert "There is no evidence against you." in own
        case = person.get(address).content.decode()
        assert "Relief has begun by itself." in case
    finally:
        hk.set_time(START)


def test_case__against_the_person__needs_two_who_had_no_part(hk: Pair, desk: Desk) -> None:
    person = browser()
    slip = registered(person)
    evidence = found(desk, slip)
    address = f"/en/health-code/findings/{evidence}/correction/"
    person.post(address, words(step="send", words="It was my twin."))
    one = case_with(desk("lam"), "It was my twin.")
    involved = desk("lam").post(one, words(decision="uphold"))
    assert involved.status_code == 409
    assert "had a part in it" in involved.content.decode()
    nothing = desk("chan").post(one, words(decision="shrug"))
    assert nothing.status_code == 400
    upholding = desk("chan").post(one, words(decision="uphold")).headers["location"]
    refused = desk("ho").post(upholding, {"decision": "confirm"})
    assert refused.status_code == 409
    assert desk("lee").post(upholding, {"decision": "confirm"}).status_code == 302
    assert "The evidence stands" in person.get(address).content.decode()
    assert "decided against you" in person.get("/en/health-code/own/").content.decode()


def test_lift__proposed_from_the_registration__takes_two(hk: Pair, desk: Desk) -> None:
    slip = registered(browser())
    evidence = found(desk, slip)
    page = desk("lee").get(f"/en/desk/health/registrations/{slip.reference}/").content.decode()
    address = f"/en/desk/health/evidence/{evidence}/lift/"
    assert address in page
    assert desk("lee").get(address).status_code == 200
    assert desk("lee").post(address, words(words="")).status_code == 400
    lifting = desk("lee").post(address, words()).headers["location"]
    assert desk("lee").post(lifting, {"decision": "confirm"}).status_code == 409
    assert desk("chan").post(lifting, {"decision": "confirm"}).status_code == 302
    release = desk("lee").post(f"/en/desk/health/evidence/{evidence}/release/", words())
    assert release.status_code == 409
    assert desk("lee").get(f"/en/desk/health/evidence/{uuid4()}/lift/").status_code == 404


def test_acts__beyond_the_limit__are_held_alarmed_and_closed_by_others_only(
    hk: Pair, desk: Desk
) -> None:
    rules = hk.hk.health_rules
    assert rules is not None
    limit = rules.controls.unreviewed_max["officers"]  # type: ignore[index]
    for _ in range(limit):
        found(desk, registered(browser()))
    last = browser()
    slip = registered(last)
    declared(last)
    held = found(desk, slip)
    assert "colour-green" in last.get("/en/health-code/own/").content.decode()
    seen = desk("ho").get("/en/desk/health/acts/").content.decode()
    assert "You or your unit had a part in it" in seen
    assert f"/evidence/{held}/release/" not in seen
    others = desk("chan").get("/en/desk/health/acts/").content.decode()
    assert all(f"/evidence/{held}/{each}/" in others for each in ("release", "lift"))
    (ticked,) = re.findall(r'name="acts" value="([0-9]+)" id="[^"]*" disabled', others)
    hiding = desk("chan").post("/en/desk/health/acts/", words(acts=ticked))
    assert "Evidence of one of these acts is still held." in hiding.content.decode()
    alarm = desk("ho").get("/en/desk/health/alarms/").content.decode()
    assert "Your unit is involved: you cannot close this alarm." in alarm
    open_to_others = desk("chan").get("/en/desk/health/alarms/").content.decode()
    serial = open_to_others.partition('name="alarms" value="')[2].partition('"')[0]
    forced = desk("ho").post("/en/desk/health/alarms/", words(alarms=serial))
    assert forced.status_code == 409
    assert "had a part in it" in forced.content.decode()
    closing = desk("chan").post("/en/desk/health/alarms/", words(alarms=serial))
    assert closing.status_code == 302
    assert "Alarms by number" in desk("lee").get(closing.headers["location"]).content.decode()
    done = desk("lee").post(closing.headers["location"], {"decision": "confirm"})
    assert done.status_code == 302
    assert f'value="{serial}"' not in desk("chan").get("/en/desk/health/alarms/").content.decode()
    releasing = desk("chan").post(f"/en/desk/health/evidence/{held}/release/", words())
    assert (
        desk("lee").post(releasing.headers["location"], {"decision": "confirm"}).status_code == 302
    )
    assert "Something turns your colour Red" in last.get("/en/health-code/own/").content.decode()


def test_acts__reviewed_by_two_who_had_no_part__count_no_more(hk: Pair, desk: Desk) -> None:
    found(desk, registered(browser()))
    page = desk("chan").get("/en/desk/health/acts/").content.decode()
    serials = re.findall(r'name="acts" value="([0-9]+)"', page)
    assert serials
    reviewing = desk("chan").post("/en/desk/health/acts/", words(acts=serials))
    refused = desk("lam").post(reviewing.headers["location"], {"decision": "confirm"})
    assert refused.status_code == 409
    done = desk("lee").post(reviewing.headers["location"], {"decision": "confirm"})
    assert done.status_code == 302
    left = desk("chan").get("/en/desk/health/acts/").content.decode()
    assert 'name="acts"' not in left


def test_acts__nothing_ticked__is_said(hk: Pair, desk: Desk) -> None:
    found(desk, registered(browser()))
    none = desk("chan").post("/en/desk/health/acts/", words())
    assert none.status_code == 400
    assert "Tick at least one act." in none.content.decode()
    forged = desk("chan").post("/en/desk/health/acts/", words(acts="999999"))
    assert forged.status_code == 400


def claimed(person: Client, number: str) -> str:
    """Claim a number; the address of the claim at the desk."""
    id_ = str(uuid4())
    form = registration_form(document_number=number, claim_id=id_, name="WONG SAU YEE")
    assert person.post("/en/health-code/claim/", form).status_code == 200
    return f"/en/desk/health/claims/{id_}/"


def test_claim__of_an_unverified_number__is_upheld_by_one_who_saw_the_document(
    hk: Pair, desk: Desk
) -> None:
    number, holder = document_number(), browser()
    registered(holder, document_number=number)
    address = claimed(browser(), number)
    assert address in desk("lam").get("/en/desk/health/claims/").content.decode()
    page = desk("lam").get(address).content.decode()
    assert "WONG SAU YEE" in page
    assert "The present registration" in page
    assert desk("lam").post(address, words(decision="uphold", words="")).status_code == 400
    assert desk("lam").post(address, words(decision="perhaps")).status_code == 400
    assert desk("lam").post(address, words(decision="uphold")).status_code == 302
    assert "Upheld" in desk("lam").get(address).content.decode()
    assert holder.get("/en/health-code/own/").status_code == 302
    again = desk("chan").post(address, words(decision="refuse"))
    assert again.status_code == 409
    assert "decided already" in again.content.decode()


def test_claim__of_a_verified_number__takes_two_units(hk: Pair, desk: Desk) -> None:
    number, holder = document_number(), browser()
    slip = registered(holder, document_number=number, phone="+852 2345 6789")
    ticked = {"document_seen": "on", "proof_seen": "on"}
    desk("lam").post(f"/en/desk/health/registrations/{slip.reference}/", ticked)
    address = claimed(browser(), number)
    proposal = desk("chan").post(address, words(decision="uphold"))
    assert "/proposals/" in proposal.headers["location"]
    assert (
        "Waiting to be decided"
        not in desk("chan").get(address).content.decode().partition("<form")[0]
    )
    page = desk("lee").get(proposal.headers["location"]).content.decode()
    assert address in page
    assert (
        desk("lee").post(proposal.headers["location"], {"decision": "confirm"}).status_code == 302
    )
    assert "Upheld" in desk("chan").get(address).content.decode()


def test_claim__refused__leaves_the_registration(hk: Pair, desk: Desk) -> None:
    number, holder = document_number(), browser()
    registered(holder, document_number=number)
    address = claimed(browser(), number)
    assert desk("ho").post(address, words(decision="refuse")).status_code == 302
    page = holder.get("/en/health-code/own/").content.decode()
    assert "The claim to your document number was refused." in page
    unknown = f"/en/desk/health/claims/{uuid4()}/"
    assert desk("ho").get(unknown).status_code == 404
    assert desk("ho").get(f"/en/desk/health/cases/{uuid4()}/").status_code == 404
    assert desk("ho").get(f"/en/desk/health/proposals/{uuid4()}/").status_code == 404


def test_queues__say_whose_desk_it_is(hk: Pair, desk: Desk) -> None:
    for page in ("", "proposals/", "cases/", "claims/", "acts/", "alarms/"):
        shown = desk("ho").get(f"/en/desk/health/{page}").content.decode()
        assert "Your unit: Contact Tracing" in shown, page
