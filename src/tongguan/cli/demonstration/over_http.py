"""The services over HTTP, as anybody's client would use them; asks again until it is answered."""

import re
import secrets
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, TypeVar
from uuid import UUID

import httpx

from tongguan.app.applications import ApplicationRequest
from tongguan.app.gates import GateRequest, enrol_gate
from tongguan.app.health.codes import HealthRequest
from tongguan.app.registration.registrations import RegistrationRequest
from tongguan.app.stores import ApplicationState
from tongguan.cli.demonstration.population import WEAK_EVIDENCE
from tongguan.cli.demonstration.services import (
    BookingAnswer,
    GateAnswer,
    GatePost,
    LegChosen,
    PassTexts,
)
from tongguan.cli.pair import Pair
from tongguan.core.decisions import Decision, Outcome, Reason
from tongguan.core.health.declaration import HealthDeclaration
from tongguan.core.health.papers import papers_as_data
from tongguan.core.health.tests import PresentedTest
from tongguan.core.identifiers import AuthorityId, ClaimId, RegistrationId
from tongguan.core.people import Document
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import Leg

_API: Final = "/api/v1"
_DESK: Final = "/en/desk"
_SECONDS_MAX: Final = 20.0
_TRIED_SECONDS_MAX: Final = 90.0
_PAUSE_SECONDS: Final = 0.5
_TOKEN_BYTES: Final = 32
_CSRF: Final = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_APPLICATION: Final = re.compile(r'href="(/en/desk/applications/[0-9a-f-]{36}/)"')


Answer = TypeVar("Answer")


class ServiceRefusedError(RuntimeError):
    """A service answered with a problem that asking again does not mend."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Officer:
    """An account for the desk."""

    user_name: str
    password: str = field(repr=False)


@dataclass(kw_only=True, slots=True)
class OverHttpServices:
    """One client of each authority, shared by all threads."""

    pair: Pair
    """For enrolling gates, which no service does; nothing else is done behind the services."""
    urls: Mapping[AuthorityId, str]
    officer: Officer
    asked_again: int = 0
    """Requests that were sent again because no answer came."""
    _slips: dict[str, str] = field(default_factory=dict, repr=False)
    _registrations: dict[tuple[AuthorityId, RegistrationId], dict[str, str]] = field(
        default_factory=dict, repr=False
    )
    _tokens: dict[GatePost, str] = field(default_factory=dict, repr=False)
    _client: httpx.Client = field(
        default_factory=lambda: httpx.Client(timeout=_SECONDS_MAX), repr=False
    )

    def enrol(self, post: GatePost) -> None:
        """Set up a gate."""
        self._tokens[post] = secrets.token_urlsafe(_TOKEN_BYTES)
        enrol_gate(
            self.pair.by_id[post.authority],
            name=f"demonstration {post.control_point}",
            control_point=post.control_point,
            token=self._tokens[post],
        )

    def apply(self, request: ApplicationRequest) -> ApplicationState:
        """Hand in an application; the state it has now."""
        answer = self._ask(
            "PUT",
            f"/applications/{request.id}",
            json={
                "category": request.category,
                "people": [
                    {"name": each.name, "document": _document(each.document)}
                    for each in request.people
                ],
                "evidence": dict(request.evidence),
                "itinerary": list(request.itinerary),
            },
        )
        slip = answer["slip"]
        encoded = b64encode(f"{slip['reference']}:{slip['secret']}".encode()).decode()
        self._slips[request.id] = f"Basic {encoded}"
        return ApplicationState(answer["application"]["state"])

    def state_of(self, application: UUID) -> ApplicationState:
        """The state of an application that was handed in."""
        answer = self._ask("GET", "/application", slip=application)
        return ApplicationState(answer["state"])

    def decide_waiting(self) -> int:
        """Let the officer decide every application that waits, on the desk's own pages."""
        base, decided = self.urls[self.pair.booking.id], 0
        with httpx.Client(base_url=base, timeout=_SECONDS_MAX, follow_redirects=True) as desk:
            _repeated(lambda: self._sign_in(desk))
            while True:
                queue = _repeated(lambda: _page(desk.get(f"{_DESK}/")))
                waiting = dict.fromkeys(_APPLICATION.findall(queue))
                for path in waiting:
                    _repeated(partial(_decide, desk, path))
                decided += len(waiting)
                if not waiting:
                    return decided

    def book(self, journey: UUID, application: UUID, legs: tuple[LegChosen, ...]) -> BookingAnswer:
        """Take a party's places on every leg, all or none."""
        sent = [
            {
                "direction": each.direction,
                "day": each.day,
                "slot": each.slot,
                "control_point": each.control_point,
            }
            for each in legs
        ]
        answer = self._ask("PUT", f"/journeys/{journey}", slip=application, json={"legs": sent})
        reasons = tuple((ReasonCode(each["code"]), each["facts"]) for each in answer["reasons"])
        return BookingAnswer(booked=answer["taken"], reasons=reasons)

    def cancel(self, journey: UUID, application: UUID) -> bool:
        """Give a journey's places back; whether that was still possible."""
        answer = self._ask("POST", f"/journeys/{journey}/cancel", slip=application, json={})
        return bool(answer["decision"]["outcome"] == Outcome.GRANT.value)

    def passes(self, journey: UUID, application: UUID) -> PassTexts:
        """The passes of a journey."""
        answer = self._ask("GET", f"/journeys/{journey}/passes", slip=application)
        return {(each["person_number"], Leg(each["leg"])): each["text"] for each in answer}

    def register(self, authority: AuthorityId, request: RegistrationRequest) -> None:
        """Register somebody for an authority's health codes, and keep the slip."""
        issued_on = request.document_issued_on
        body = {
            "name": request.holder.name,
            "document": _document(request.holder.document),
            "document_issued_on": None if issued_on is None else issued_on.isoformat(),
        }
        answer = self._ask("PUT", f"/registrations/{request.id}", at=authority, json=body)
        if answer["refused"] is not None:
            raise ServiceRefusedError(f"not registered: {answer['refused']['code']}")
        self._registrations[authority, request.id] = answer["slip"]

    def declare(self, authority: AuthorityId, request: HealthRequest) -> str:
        """Declare one's health to an authority; the text of the code."""
        facts = request.declaration or HealthDeclaration()
        declared: dict[str, Any] = {}
        if facts.symptoms_last_on is not None:
            declared["symptoms_last_on"] = facts.symptoms_last_on.isoformat()
        if facts.arrivals:
            declared["arrivals"] = [
                {"arrived_on": each.arrived_on.isoformat(), "scheme": each.scheme}
                for each in facts.arrivals
            ]
        slip = self._registrations[authority, request.registration]
        body = {"registration": slip, "declaration": declared}
        answer = self._ask("PUT", f"/health-codes/{request.id}", at=authority, json=body)
        if answer["refused"] is not None:
            raise ServiceRefusedError(f"no code: {answer['refused']['code']}")
        return str(answer["text"])

    def send_evidence(self, authority: AuthorityId, message: bytes) -> None:
        """Hand a signed batch of evidence to an authority."""
        self._ask("POST", "/evidence", at=authority, json={"signed": b64encode(message).decode()})

    def cross(
        self, post: GatePost, crossing: UUID, request: GateRequest, *, let_through: bool
    ) -> GateAnswer:
        """Step up to a gate: decided and recorded once."""
        sent = {
            "id": str(crossing),
            "direction": request.direction,
            "pass_text": request.pass_text,
            "code_texts": list(request.code_texts),
            "document": _document(request.document),
            "tests": [_test(each) for each in request.tests],
            "papers": None if request.papers is None else papers_as_data(request.papers),
            "let_through": let_through,
        }
        answer = self._ask(
            "POST",
            "/gate/crossings",
            at=post.authority,
            authorization=f"Bearer {self._tokens[post]}",
            json={"crossings": [sent]},
        )["crossings"][0]
        if not answer["kept"]:
            raise ServiceRefusedError("the id of a crossing was used for something else")
        return GateAnswer(
            decision=_decision(answer["decision"]),
            crossed=answer["crossed"],
            replayed=answer["replayed"],
        )

    def _ask(
        self,
        method: str,
        path: str,
        *,
        at: AuthorityId | None = None,
        slip: UUID | None = None,
        authorization: str | None = None,
        json: object = None,
    ) -> Any:
        """The answer to a request; sent again, the very same, while the service does not answer."""
        url = f"{self.urls[at or self.pair.booking.id]}{_API}{path}"
        if slip is not None:
            authorization = self._slips[str(slip)]
        headers = {} if authorization is None else {"Authorization": authorization}
        return _repeated(
            lambda: _content(self._client.request(method, url, headers=headers, json=json)),
            missed=self._miss,
        )

    def _miss(self) -> None:
        self.asked_again += 1

    def _sign_in(self, desk: httpx.Client) -> None:
        path = f"{_DESK}/sign-in/"
        token = _token(_page(desk.get(path)))
        form = {
            "csrfmiddlewaretoken": token,
            "user_name": self.officer.user_name,
            "password": self.officer.password,
        }
        _page(desk.post(path, data=form))


def _decide(desk: httpx.Client, path: str) -> None:
    """Look at an application and press a button; one that was decided meanwhile stays so."""
    page = _page(desk.get(path))
    found = _CSRF.search(page)
    if found is None or 'name="decision"' not in page:
        return
    decision = "refuse" if WEAK_EVIDENCE in page else "grant"
    _page(desk.post(path, data={"csrfmiddlewaretoken": found[1], "decision": decision}))


def _token(page: str) -> str:
    found = _CSRF.search(page)
    if found is None:
        raise ServiceRefusedError("the page has no form")
    return found[1]


class _NoAnswerError(Exception):
    """The service did not answer; whether it did what was asked is not known."""


def _repeated(call: Callable[[], Answer], missed: Callable[[], None] = lambda: None) -> Answer:
    """What the call answers, made again while there is none."""
    deadline = time.monotonic() + _TRIED_SECONDS_MAX
    while True:
        try:
            return call()
        except (httpx.TransportError, _NoAnswerError):
            if time.monotonic() > deadline:
                raise
            missed()
            time.sleep(_PAUSE_SECONDS)


def _content(response: httpx.Response) -> Any:
    _require_answer(response)
    return response.json()


def _page(response: httpx.Response) -> str:
    _require_answer(response)
    return response.text


def _require_answer(response: httpx.Response) -> None:
    if response.is_server_error:
        raise _NoAnswerError(response.status_code)
    if not response.is_success:
        place = response.request.url.path
        raise ServiceRefusedError(f"{response.status_code} at {place}: {response.text[:300]}")


def _document(document: Document) -> dict[str, str]:
    return {"type": document.type.value, "number": document.number, "issuer": document.issuer}


def _test(test: PresentedTest) -> dict[str, str]:
    sent = {
        "sampled_at": test.sampled_at.isoformat(),
        "specimen": test.specimen,
        "read_by": test.read_by,
    }
    if test.reported_at is not None:
        sent["reported_at"] = test.reported_at.isoformat()
    return sent


def _decision(data: Mapping[str, Any]) -> Decision:
    return Decision(
        outcome=Outcome(data["outcome"]),
        reasons=tuple(
            Reason(
                code=ReasonCode(each["code"]),
                clause=each["clause"],
                claims=tuple(ClaimId(claim) for claim in each["claims"]),
                facts=each["facts"],
            )
            for each in data["reasons"]
        ),
    )
