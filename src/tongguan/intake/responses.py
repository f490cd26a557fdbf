"""What the intake answers, as the messages of ASGI; bodies are made where every way in has them."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple

from tongguan.adapters.answers import instant_text, taken_body
from tongguan.adapters.problems import MEDIA_TYPE as PROBLEM
from tongguan.adapters.problems import FieldFault, ProblemCode, problem_document
from tongguan.app.ledger_port import PlacesTaken
from tongguan.core.texts import Language
from tongguan.intake.requests import Wish

UNAVAILABLE_SECONDS: Final = 5
"""After how long to ask again when the database does not answer."""
BUSY_SECONDS: Final = 1
"""The same when more are waiting than are let in."""
_JSON: Final = b"application/json; charset=utf-8"
_TEMPLATES_MAX: Final = 4096
_FAULTS_MAX: Final = 20
"""Who is let in need not be told more; no body may make an answer many times its size."""

Header = tuple[bytes, bytes]


class Response(NamedTuple):
    """The two messages of an answer."""

    start: dict[str, Any]
    body: dict[str, Any]


def json_response(body: bytes, status: int = 200, *headers: Header) -> Response:
    """An answer with a body of JSON."""
    return Response(_start(status, _JSON, len(body), headers), body_message(body))


def problem_response(
    code: ProblemCode,
    language: Language,
    faults: tuple[FieldFault, ...] = (),
    *headers: Header,
) -> Response:
    """A problem document in the language that the request prefers; its first faults, if any."""
    if faults:
        return _problem_response(code, language, faults[:_FAULTS_MAX], *headers)
    return _without_faults(code, language, *headers)


@lru_cache(maxsize=256)
def _without_faults(code: ProblemCode, language: Language, *headers: Header) -> Response:
    return _problem_response(code, language, (), *headers)


def _problem_response(
    code: ProblemCode, language: Language, faults: tuple[FieldFault, ...], *headers: Header
) -> Response:
    document = problem_document(code, language, faults)
    body = json.dumps(document, ensure_ascii=False).encode()
    said = (
        (b"content-language", language.value.encode()),
        (b"vary", b"Accept-Language"),
        *headers,
    )
    return Response(_start(code.status, PROBLEM.encode(), len(body), said), body_message(body))


def retry_after(seconds: int) -> Header:
    """The header that says when to ask again."""
    return (b"retry-after", str(seconds).encode())


@dataclass(frozen=True, slots=True)
class _Template:
    """The body of a booking with places for the id of the journey and the time."""

    before_id: str
    before_time: str
    after_time: str


class TakenResponses:
    """Writes the answers to bookings that ask alike from one template, made by the body's own
    function from the first of them.
    """

    def __init__(self) -> None:
        self._templates: dict[tuple[Wish, int, str, str], _Template] = {}
        self._starts: dict[int, dict[str, Any]] = {}
        self._at: datetime | None = None
        self._time = ""

    def response(self, wish: Wish, taken: PlacesTaken) -> Response:
        """The answer to a wish that was granted, or had been before."""
        request, at = taken.request, taken.at
        if request is None or at is None:
            return json_response(_dumped(taken))
        # A booking of these legs differs by the text it was decided under and the size of the
        # party, and by nothing else but id and time.
        key = (wish, len(request.persons), request.asked.phase, request.asked.version)
        template = self._templates.get(key)
        if template is None:
            if len(self._templates) >= _TEMPLATES_MAX:
                self._templates.clear()
            template = self._templates[key] = _template_of(taken)
        if at != self._at:
            self._at, self._time = at, instant_text(at)
        text = (
            template.before_id
            + request.journey
            + template.before_time
            + self._time
            + template.after_time
        )
        body = text.encode("ascii")
        start = self._starts.get(len(body))
        if start is None:
            start = self._starts[len(body)] = _start(200, _JSON, len(body), ())
        return Response(start, body_message(body))


def _template_of(taken: PlacesTaken) -> _Template:
    text = _dumped(taken).decode("ascii")
    before_id, after_id = text.split(taken.journey.id)
    before_time, after_time = after_id.split(instant_text(taken.journey.booked_at))
    return _Template(before_id, before_time, after_time)


def _dumped(taken: PlacesTaken) -> bytes:
    return json.dumps(taken_body(taken)).encode("ascii")


def _start(status: int, kind: bytes, length: int, headers: tuple[Header, ...]) -> dict[str, Any]:
    return {
        "type": "http.response.start",
        "status": status,
        "headers": [
            (b"content-type", kind),
            (b"content-length", str(length).encode()),
            *headers,
        ],
    }


def body_message(body: bytes) -> dict[str, Any]:
    """The message with the body of an answer, and the last."""
    return {"type": "http.response.body", "body": body}
