"""Shapes that several operations send or take; unknown keys are refused everywhere."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import BeforeValidator, ConfigDict, Field, StrictStr, StringConstraints
from pydantic_core import PydanticCustomError

from tongguan.adapters import journey_requests
from tongguan.adapters.answers import reasons_body
from tongguan.adapters.words import words
from tongguan.core.decisions import Decision, Reason
from tongguan.core.gate.nodes import is_instant
from tongguan.core.people import Document, DocumentType
from tongguan.core.scheme.model import Phase, Version
from tongguan.web.languages import current_language
from tongguan.web.service import current_reader

NAME_CHARACTERS_MAX = 60
CODE_CHARACTERS_MAX = 1000


def _must_be_instant(value: Any) -> Any:
    """Only text with an offset may become an instant, and only of an age that codes know."""
    if isinstance(value, str) and is_instant(value):
        return value
    raise PydanticCustomError("not_instant", "not an instant with its offset")


Uuid = Annotated[
    str,
    StringConstraints(
        strict=True,
        pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
    ),
]
Identifier = journey_requests.Identifier
Line = Annotated[
    str,
    StringConstraints(strict=True, pattern=r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$"),
]
Code = Annotated[
    str, StringConstraints(strict=True, pattern=r"^[ -~]*$", max_length=CODE_CHARACTERS_MAX)
]
"""The text of a QR code, of which a gate refuses most; it need only be printable."""
Day = journey_requests.Day


Instant = Annotated[
    datetime,
    BeforeValidator(_must_be_instant),
    Field(json_schema_extra={"format": "date-time"}),
]


class Strict(Schema):
    """A shape that is taken: what it does not name is refused."""

    model_config = ConfigDict(extra="forbid")


class DocumentIn(Strict):
    """An identity document."""

    type: DocumentType
    number: Annotated[
        str,
        StringConstraints(strict=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9 ()/-]*$", max_length=24),
    ]
    issuer: Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Z]{3}$")]

    def document(self) -> Document:
        """The value the use cases take."""
        return Document(type=self.type, number=self.number, issuer=self.issuer)


class ReasonOut(Schema):
    """Why: a stable code, words in the language asked for, clause, claims and facts."""

    code: str
    title: str
    remedy: str
    clause: str
    claims: list[str]
    facts: dict[str, str]


class DecisionOut(Schema):
    """A decision with its reasons in order."""

    outcome: str
    reasons: list[ReasonOut]


class SignedOut(Schema):
    """Something an authority signed, in base64."""

    signed: str


class FieldErrorOut(Schema):
    """One fault and its place."""

    path: str
    message: str


class ProblemOut(Schema):
    """A problem document by RFC 9457."""

    type: StrictStr
    title: StrictStr
    status: int
    detail: StrictStr
    code: StrictStr
    errors: list[FieldErrorOut]


def decision_out(decision: Decision, version: Version, phase: Phase) -> DecisionOut:
    """A decision in the reader's language."""
    return DecisionOut(
        outcome=decision.outcome.value, reasons=reasons_out(decision.reasons, version, phase)
    )


def reasons_out(reasons: Iterable[Reason], version: Version, phase: Phase) -> list[ReasonOut]:
    """Reasons in the reader's language; the facts stay as they are stored."""
    return [ReasonOut(**each) for each in reasons_body(reasons, version, phase, current_reader())]


def said(key: str) -> str:
    """Words in the language that the request prefers."""
    return words(key, current_language())
