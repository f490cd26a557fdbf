"""Conversion: a statement of facts for its holder to carry, and one that they brought here.

Nothing is sent to the other authority and nothing asked of it: what goes between the two is the
text in the holder's hand.
"""

from datetime import date, datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field, StringConstraints

from tongguan.adapters.statement_words import fact_in_words
from tongguan.app.authorities import Authority
from tongguan.app.health.conversion import (
    StatementRefusal,
    StatementRefused,
    state_facts,
    take_in_statement,
)
from tongguan.core.credentials.container import TEXT_CHARACTERS_MAX
from tongguan.core.evidence.statement import (
    FactsStatement,
    StatedDose,
    StatedFact,
    StatedTest,
)
from tongguan.web.api.registrations import (
    RefusedOut,
    RegistrationSlipIn,
    authority_with_codes,
    registration_by_slip,
)
from tongguan.web.api.routing import operation
from tongguan.web.api.shapes import Strict, said
from tongguan.web.languages import current_language
from tongguan.web.permissions import Permission

router = Router(tags=["conversions"])


class StatementIn(Strict):
    """Whose registration, and the statement that its holder brought."""

    registration: RegistrationSlipIn
    text: Annotated[
        str, StringConstraints(strict=True, min_length=1, max_length=TEXT_CHARACTERS_MAX)
    ]


class FactOut(Schema):
    """One fact of a statement, in words and in parts; of a place there is only its risk."""

    kind: str
    words: str
    on: date | None = None
    sampled_at: datetime | None = None
    outcome: str | None = None
    specimen: str | None = None
    number: int | None = None
    product: str | None = None
    reason: str | None = None
    ends_at: datetime | None = None
    scheme: str | None = None


class StatementOut(Schema):
    """A statement for its holder to carry, and everything that is in it."""

    refused: RefusedOut | None = None
    text: str | None = None
    issuer: str | None = None
    issued_at: datetime | None = None
    valid_until: datetime | None = None
    facts: list[FactOut] = Field(default_factory=list)


class TakenInOut(Schema):
    """What was taken in of a statement; the colour follows by the rules here."""

    refused: RefusedOut | None = None
    issuer: str | None = None
    facts: list[FactOut] = Field(default_factory=list)
    entered: int = 0
    replayed: bool = False


@operation(
    router, "POST", "/conversions/statement", permission=Permission.ANYONE, answer=StatementOut
)
def post_statement(request: HttpRequest, payload: RegistrationSlipIn) -> StatementOut:
    """What this authority knows of the person, signed for them to carry until midnight."""
    authority = authority_with_codes()
    stated = state_facts(authority, registration_by_slip(payload))
    if isinstance(stated, StatementRefused):
        return StatementOut(refused=_refused_out(stated.code))
    statement = stated.statement
    return StatementOut(
        text=stated.text,
        issuer=statement.issuer,
        issued_at=statement.issued_at,
        valid_until=statement.valid_until,
        facts=_facts_out(authority, statement),
    )


@operation(router, "POST", "/conversions", permission=Permission.ANYONE, answer=TakenInOut)
def post_conversion(request: HttpRequest, payload: StatementIn) -> TakenInOut:
    """Take in what the other authority stated of the person; the same text again does nothing."""
    authority = authority_with_codes()
    registration = registration_by_slip(payload.registration)
    taken = take_in_statement(authority, registration, payload.text)
    if isinstance(taken, StatementRefused):
        return TakenInOut(refused=_refused_out(taken.code))
    return TakenInOut(
        issuer=taken.statement.issuer,
        facts=_facts_out(authority, taken.statement),
        entered=taken.entered,
        replayed=taken.replayed,
    )


def _refused_out(code: StatementRefusal) -> RefusedOut:
    return RefusedOut(code=code.value, message=said(f"recognition.refusals.{code}.title"))


def _facts_out(authority: Authority, statement: FactsStatement) -> list[FactOut]:
    assert authority.health_rules is not None  # noqa: S101 - an authority with codes
    zone = authority.health_rules.colours.zone
    return [fact_out(each, zone) for each in statement.facts]


def fact_out(fact: StatedFact, zone: str) -> FactOut:
    """One fact in words and in parts."""
    in_words = fact_in_words(fact, current_language(), zone)
    if isinstance(fact, StatedTest):
        return FactOut(
            kind="test",
            words=in_words,
            sampled_at=fact.sampled_at,
            outcome=fact.outcome.value,
            specimen=fact.specimen,
        )
    if isinstance(fact, StatedDose):
        return FactOut(
            kind="dose", words=in_words, on=fact.on, number=fact.number, product=fact.product
        )
    return FactOut(
        kind="ground",
        words=in_words,
        on=fact.on,
        reason=fact.reason.value,
        ends_at=fact.ends_at,
        scheme=fact.scheme,
    )
