"""A statement of facts: what an authority vouches for of one person, for that person to carry.

It is a text in the hand of its holder and in nobody else's: the authority that signs it sends it
to no one, and the one that reads it asks no one. It names no person, only the tag of a document
that both sides derive alike, and no place: only that one of high risk was left, and when. It ends
with the day on which it was issued.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeAlias

from tongguan.core.credentials import container
from tongguan.core.credentials.cwt import (
    CODE_ID,
    EXPIRES_AT,
    ISSUED_AT,
    ISSUER,
    OWN_CLAIMS,
    Claims,
    MalformedClaimError,
    days,
    is_identifier,
    issuer_of,
    open_text,
    seconds,
    sign_claims,
    unreadable_claims,
)
from tongguan.core.credentials.faults import Unreadable
from tongguan.core.credentials.holder import HOLDER_TAG_BYTES, is_holder_period
from tongguan.core.credentials.keys import KeySet, KeyUse, SigningKey
from tongguan.core.evidence.batch_facts import TestOutcome
from tongguan.core.health.grounds import HealthReason
from tongguan.core.identifiers import AuthorityId

MEDIA_TYPE = "application/tongguan-facts+cwt"
STATEMENT_ID_BYTES = 16
TESTS_MAX, DOSES_MAX, GROUNDS_MAX = 12, 8, 24
"""Of each, the newest; what is older matters to no rule, and the text has to fit a picture."""
_DOSE_NUMBER_MAX = 20
_CLAIMS = (ISSUER, EXPIRES_AT, ISSUED_AT, CODE_ID, OWN_CLAIMS)
_HOLDER_TAG, _HOLDER_PERIOD, _TESTS, _DOSES, _GROUNDS = _OWN = tuple(range(1, 6))
_SAMPLED_AT, _OUTCOME, _SPECIMEN = range(1, 4)
_ON, _NUMBER, _PRODUCT = range(1, 4)
_REASON, _ENDS_AT, _SCHEME = 2, 3, 4
_OUTCOMES = (TestOutcome.NEGATIVE, TestOutcome.POSITIVE, TestOutcome.INCONCLUSIVE)
STATED_GROUNDS = (
    HealthReason.ARRIVED_FROM_OUTSIDE,
    HealthReason.CLOSE_CONTACT,
    HealthReason.CONFIRMED,
    HealthReason.DISCHARGED_RECENTLY,
    HealthReason.HIGH_RISK_STAY,
    HealthReason.HOUSEHOLD_OF_CLOSE_CONTACT,
    HealthReason.SUSPECTED,
    HealthReason.SYMPTOMS,
    HealthReason.UNDER_QUARANTINE,
)
"""By the number under which each is written; new ones go to the end."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class StatedTest:
    """A test with its result."""

    sampled_at: datetime
    outcome: TestOutcome
    specimen: str

    def __post_init__(self) -> None:
        """ValueError for what could not be read back."""
        seconds(self.sampled_at)
        _require_identifier("specimen", self.specimen)


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class StatedDose:
    """A dose of a vaccine."""

    on: date
    number: int
    product: str

    def __post_init__(self) -> None:
        """ValueError for what could not be read back."""
        days(self.on)
        _require_identifier("product", self.product)
        if not 1 <= self.number <= _DOSE_NUMBER_MAX:
            raise ValueError(f"a dose is the 1st to the {_DOSE_NUMBER_MAX}th")


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class StatedGround:
    """Something that may count against the holder, with its day; of a place only its risk."""

    reason: HealthReason
    on: date
    """For a stay at high risk, the last day of it."""
    ends_at: datetime | None = None
    """When it stops counting by itself, excluded, where its issuer says so."""
    scheme: str | None = None
    """For an arrival: the travel scheme it was made under."""

    def __post_init__(self) -> None:
        """ValueError for what could not be read back."""
        days(self.on)
        if self.reason not in STATED_GROUNDS:
            raise ValueError("not a ground that is stated")
        if self.ends_at is not None:
            seconds(self.ends_at)
        if self.scheme is not None:
            _require_identifier("scheme", self.scheme)
            if self.reason is not HealthReason.ARRIVED_FROM_OUTSIDE:
                raise ValueError("an arrival, and nothing else, has a scheme")


StatedFact: TypeAlias = StatedTest | StatedDose | StatedGround


@dataclass(frozen=True, kw_only=True, slots=True)
class FactsStatement:
    """What one authority states of one person; ValueError when it could not be a statement."""

    statement_id: bytes
    issuer: AuthorityId
    holder_tag: bytes = field(repr=False)
    holder_period: str
    """The month of the day of issue: which holder key made the tag."""
    issued_at: datetime
    valid_until: datetime
    """Excluded."""
    tests: tuple[StatedTest, ...] = field(repr=False)
    doses: tuple[StatedDose, ...] = field(repr=False)
    grounds: tuple[StatedGround, ...] = field(repr=False)

    def __post_init__(self) -> None:
        """ValueError that names the field, never its value."""
        for part, length in (
            ("statement_id", STATEMENT_ID_BYTES),
            ("holder_tag", HOLDER_TAG_BYTES),
        ):
            if len(getattr(self, part)) != length:
                raise ValueError(f"{part} is not {length} bytes")
        _require_identifier("issuer", self.issuer)
        if not is_holder_period(self.holder_period):
            raise ValueError("holder_period is not a month, YYYY-MM")
        if seconds(self.issued_at) >= seconds(self.valid_until):
            raise ValueError("the statement ends before it is issued")
        limits = (("tests", TESTS_MAX), ("doses", DOSES_MAX), ("grounds", GROUNDS_MAX))
        for part, maximum in limits:
            if len(getattr(self, part)) > maximum:
                raise ValueError(f"more than {maximum} {part}")

    @property
    def facts(self) -> tuple[StatedFact, ...]:
        """Everything that is in it: what may count against the holder first."""
        return (*self.grounds, *self.tests, *self.doses)


def encode_statement(statement: FactsStatement, key: SigningKey) -> str:
    """The text that its holder carries.

    ``KeyNotUsableError`` when the key is not an active key for facts of the issuer at the instant
    of issue.
    """
    values = {
        ISSUER: statement.issuer,
        EXPIRES_AT: seconds(statement.valid_until),
        ISSUED_AT: seconds(statement.issued_at),
        CODE_ID: statement.statement_id,
        OWN_CLAIMS: {
            _HOLDER_TAG: statement.holder_tag,
            _HOLDER_PERIOD: statement.holder_period,
            _TESTS: [_written_test(each) for each in statement.tests],
            _DOSES: [_written_dose(each) for each in statement.doses],
            _GROUNDS: [_written_ground(each) for each in statement.grounds],
        },
    }
    message = sign_claims(values, media_type=MEDIA_TYPE, key=key, use=KeyUse.FACTS)
    return container.to_text(message)


def read_statement(text: str, keys: KeySet) -> FactsStatement | Unreadable:
    """What the text states, when a key for facts of its issuer signed it.

    Whether it holds now, is this person's and was brought before is for whoever takes it in.
    """
    claims = open_text(text, media_type=MEDIA_TYPE, use=KeyUse.FACTS, keys=keys)
    if isinstance(claims, Unreadable):
        return claims
    try:
        return _read(claims)
    except (MalformedClaimError, ValueError) as error:
        return unreadable_claims(str(error))


def _read(claims: Claims) -> FactsStatement:
    claims.check_known(_CLAIMS)
    own = claims.inner(OWN_CLAIMS)
    own.check_known(_OWN)
    return FactsStatement(
        statement_id=claims.octets(CODE_ID, length=STATEMENT_ID_BYTES),
        issuer=issuer_of(claims),
        holder_tag=own.octets(_HOLDER_TAG, length=HOLDER_TAG_BYTES),
        holder_period=own.identifier(_HOLDER_PERIOD),
        issued_at=claims.instant(ISSUED_AT),
        valid_until=claims.instant(EXPIRES_AT),
        tests=tuple(_read_test(each) for each in _maps(own, _TESTS)),
        doses=tuple(_read_dose(each) for each in _maps(own, _DOSES)),
        grounds=tuple(_read_ground(each) for each in _maps(own, _GROUNDS)),
    )


def _maps(claims: Claims, claim: int) -> Iterable[Claims]:
    values = claims.by_number.get(claim)
    if not isinstance(values, list) or not all(isinstance(each, dict) for each in values):
        raise MalformedClaimError(f"claim {claim} is not a list of maps")
    return [Claims(by_number=each) for each in values]


def _written_test(test: StatedTest) -> Mapping[int, Any]:
    return {
        _SAMPLED_AT: seconds(test.sampled_at),
        _OUTCOME: _OUTCOMES.index(test.outcome),
        _SPECIMEN: test.specimen,
    }


def _read_test(claims: Claims) -> StatedTest:
    claims.check_known((_SAMPLED_AT, _OUTCOME, _SPECIMEN))
    return StatedTest(
        sampled_at=claims.instant(_SAMPLED_AT),
        outcome=_OUTCOMES[claims.number(_OUTCOME, maximum=len(_OUTCOMES) - 1)],
        specimen=claims.identifier(_SPECIMEN),
    )


def _written_dose(dose: StatedDose) -> Mapping[int, Any]:
    return {_ON: days(dose.on), _NUMBER: dose.number, _PRODUCT: dose.product}


def _read_dose(claims: Claims) -> StatedDose:
    claims.check_known((_ON, _NUMBER, _PRODUCT))
    return StatedDose(
        on=claims.day(_ON),
        number=claims.number(_NUMBER, minimum=1, maximum=_DOSE_NUMBER_MAX),
        product=claims.identifier(_PRODUCT),
    )


def _written_ground(ground: StatedGround) -> Mapping[int, Any]:
    optional = {
        _ENDS_AT: None if ground.ends_at is None else seconds(ground.ends_at),
        _SCHEME: ground.scheme,
    }
    said = {claim: value for claim, value in optional.items() if value is not None}
    return {_ON: days(ground.on), _REASON: STATED_GROUNDS.index(ground.reason), **said}


def _read_ground(claims: Claims) -> StatedGround:
    claims.check_known((_ON, _REASON, _ENDS_AT, _SCHEME))
    return StatedGround(
        on=claims.day(_ON),
        reason=STATED_GROUNDS[claims.number(_REASON, maximum=len(STATED_GROUNDS) - 1)],
        ends_at=claims.instant(_ENDS_AT) if _ENDS_AT in claims.by_number else None,
        scheme=claims.identifier(_SCHEME) if _SCHEME in claims.by_number else None,
    )


def _require_identifier(part: str, value: str) -> None:
    if not is_identifier(value):
        raise ValueError(f"{part} is not one to forty visible ASCII characters")
