"""One group decided: one call, one commit, one answer for each who asked."""

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tongguan.adapters.answers import refused_body
from tongguan.adapters.languages import accepted_language
from tongguan.adapters.postgres.connections import AskAgain, DatabaseUnavailable
from tongguan.adapters.problems import ProblemCode
from tongguan.adapters.reader import Reader
from tongguan.app.authorities import Authority
from tongguan.app.journeys import JourneyRequest
from tongguan.app.ledger_port import PlacesAnswer, PlacesRefused, PlacesTaken, RequestIdReused
from tongguan.app.schemes import Holding, NothingHoldsError, holding_now
from tongguan.core.credentials.ticket import Ticket
from tongguan.core.decisions import Reason
from tongguan.core.texts import Language
from tongguan.intake.requests import Wish
from tongguan.intake.responses import (
    UNAVAILABLE_SECONDS,
    Header,
    Response,
    TakenResponses,
    json_response,
    problem_response,
    retry_after,
)

log = logging.getLogger("tongguan.intake")

Book = Callable[[Authority, Sequence[JourneyRequest]], Sequence[PlacesAnswer]]


class Asked(NamedTuple):
    """One request with a ticket that holds."""

    ticket: Ticket
    wish: Wish
    headers: Sequence[Header]
    """As they were sent; the language is looked for only where there are words to say."""

    @property
    def language(self) -> Language:
        """The language that the request prefers."""
        return language_of(self.headers)


def language_of(headers: Sequence[Header]) -> Language:
    """What Accept-Language prefers."""
    sent = [value for _, value in accept_language(headers)]
    return accepted_language(b",".join(sent).decode("latin-1"))


def accept_language(headers: Sequence[Header]) -> Sequence[Header]:
    """The headers that say which language is preferred; most clients of a rush send none."""
    return [each for each in headers if each[0] == b"accept-language"]


@dataclass(slots=True)
class Deciding:
    """Decides groups for an authority; in one thread, one group after another."""

    authority: Authority
    book: Book
    _taken: TakenResponses = field(default_factory=TakenResponses, init=False)

    def responses(self, group: Sequence[Asked]) -> Sequence[Response]:
        """An answer for each, in the order of arrival; whatever happens, one is given."""
        requests = [
            JourneyRequest(
                id=each.ticket.journey, application=each.ticket.application, legs=each.wish.legs
            )
            for each in group
        ]
        try:
            return self._said(group, self._booked(requests))
        except NothingHoldsError:
            return alike(group, ProblemCode.NOTHING_HOLDS)
        except AskAgain:
            if len(group) == 1:
                return alike(group, ProblemCode.UNAVAILABLE, retry_after(UNAVAILABLE_SECONDS))
        except DatabaseUnavailable as error:
            log.warning("the database did not answer: %s", type(error).__name__)
            return alike(group, ProblemCode.UNAVAILABLE, retry_after(UNAVAILABLE_SECONDS))
        except Exception as error:
            if len(group) == 1:
                log.error("a booking failed", exc_info=error)  # noqa: TRY400 - the type is named
                return alike(group, ProblemCode.INTERNAL_ERROR)
        # Nothing was kept; whoever is to blame must not take the others along.
        middle = len(group) // 2
        return [*self.responses(group[:middle]), *self.responses(group[middle:])]

    def _booked(self, requests: Sequence[JourneyRequest]) -> Sequence[PlacesAnswer]:
        try:
            return self.book(self.authority, requests)
        except AskAgain:
            return self.book(self.authority, requests)

    def _said(self, group: Sequence[Asked], answers: Sequence[PlacesAnswer]) -> Sequence[Response]:
        refusals = _Refusals(self.authority)
        taken = self._taken.response
        return [
            taken(asked.wish, answer)
            if isinstance(answer, PlacesTaken)
            else refusals.response(asked, answer)
            for asked, answer in zip(group, answers, strict=True)
        ]


class _Refusals:
    """The refusals of one group: the text is asked for once, and the same words are made once."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self._holding: Holding | None = None
        self._said: dict[tuple[object, ...], Response] = {}

    def response(self, asked: Asked, answer: PlacesRefused | RequestIdReused) -> Response:
        """Why no place was taken."""
        language = asked.language
        if isinstance(answer, RequestIdReused):
            return problem_response(ProblemCode.REQUEST_ID_REUSED, language)
        key = (language, *map(_key, answer.reasons))
        found = self._said.get(key)
        if found is None:
            found = self._said[key] = self._response(answer, language)
        return found

    def _response(self, refused: PlacesRefused, language: Language) -> Response:
        if self._holding is None:
            self._holding = holding_now(self._authority)
        if self._holding is None:
            raise NothingHoldsError
        reader = Reader(language=language, authority=self._authority.id)
        body = refused_body(refused, self._holding.version, self._holding.phase, reader)
        return json_response(
            json.dumps(body).encode("ascii"), 200, (b"content-language", language.value.encode())
        )


def _key(reason: Reason) -> tuple[object, ...]:
    return (reason.code, reason.clause, reason.claims, *reason.facts.items())


def alike(group: Sequence[Asked], code: ProblemCode, *headers: Header) -> Sequence[Response]:
    """The same problem for each of a group, in each one's language."""
    return [problem_response(code, each.language, (), *headers) for each in group]
