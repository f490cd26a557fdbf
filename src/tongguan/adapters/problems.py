"""Problem documents (RFC 9457): the only way in which an interface says that a request failed."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from tongguan.adapters.words import words
from tongguan.core.texts import Language

MEDIA_TYPE: Final = "application/problem+json"
CHALLENGE: Final = 'Basic realm="tongguan", Bearer realm="tongguan"'
"""What is said with ``credentials_wrong`` of the credentials that would do."""


class ProblemCode(StrEnum):
    """A stable code: published, never renamed; its words stand in ``texts/problems.yaml``."""

    ACT_REFUSED = "act_refused"
    BODY_EMPTY = "body_empty"
    BODY_NOT_JSON = "body_not_json"
    BODY_TOO_LARGE = "body_too_large"
    BOOKED_ELSEWHERE = "booked_elsewhere"
    CREDENTIALS_WRONG = "credentials_wrong"
    EVIDENCE_REFUSED = "evidence_refused"
    FIGURES_REFUSED = "figures_refused"
    FORBIDDEN = "forbidden"
    FORM_EXPIRED = "form_expired"
    INTERNAL_ERROR = "internal_error"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    NOT_FOUND = "not_found"
    NOTHING_HOLDS = "nothing_holds"
    REQUEST_ID_REUSED = "request_id_reused"
    REQUEST_INVALID = "request_invalid"
    TICKET_EXPIRED = "ticket_expired"
    TICKET_WRONG = "ticket_wrong"
    TOO_MANY_FAILURES = "too_many_failures"
    UNAVAILABLE = "unavailable"

    @property
    def status(self) -> int:
        """The HTTP status a problem is sent with."""
        return _STATUS[self]


_STATUS = {
    ProblemCode.ACT_REFUSED: 422,
    ProblemCode.BODY_EMPTY: 400,
    ProblemCode.BODY_NOT_JSON: 400,
    ProblemCode.BODY_TOO_LARGE: 413,
    ProblemCode.BOOKED_ELSEWHERE: 409,
    ProblemCode.CREDENTIALS_WRONG: 401,
    ProblemCode.EVIDENCE_REFUSED: 422,
    ProblemCode.FIGURES_REFUSED: 422,
    ProblemCode.FORBIDDEN: 403,
    ProblemCode.FORM_EXPIRED: 403,
    ProblemCode.INTERNAL_ERROR: 500,
    ProblemCode.METHOD_NOT_ALLOWED: 405,
    ProblemCode.NOT_FOUND: 404,
    ProblemCode.NOTHING_HOLDS: 409,
    ProblemCode.REQUEST_ID_REUSED: 409,
    ProblemCode.REQUEST_INVALID: 400,
    ProblemCode.TICKET_EXPIRED: 403,
    ProblemCode.TICKET_WRONG: 403,
    ProblemCode.TOO_MANY_FAILURES: 429,
    ProblemCode.UNAVAILABLE: 503,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldFault:
    """What is wrong at one place of a request."""

    path: str
    """Where, as a JSON Pointer below the body, or the name of a parameter."""
    message_key: str
    facts: tuple[tuple[str, str], ...] = ()


def problem_document(
    code: ProblemCode, language: Language, faults: Iterable[FieldFault] = ()
) -> dict[str, Any]:
    """The document in one language."""
    return {
        "type": f"urn:tongguan:problem:{code}",
        "title": words(f"problems.{code}.title", language),
        "status": code.status,
        "detail": words(f"problems.{code}.what", language),
        "code": code.value,
        "errors": [
            {
                "path": fault.path,
                "message": words(fault.message_key, language, **dict(fault.facts)),
            }
            for fault in faults
        ],
    }
