"""The form of a version, and every form from the top of a file down."""

from dataclasses import dataclass
from typing import Any, Final

from tongguan.core.identifiers import AuthorityId
from tongguan.core.scheme.language.change import BREAKER, CRITERION, HOLDERS, MEASURE, METRIC
from tongguan.core.scheme.language.containers import ListOf
from tongguan.core.scheme.language.directions import (
    ANNEX_BOUNDS,
    BOOKING,
    BOOKING_HOURS,
    DEADLINE,
    DIRECTION,
    LATENESS,
    PARTY_RULE,
    RELEASE,
    RELEASE_DAILY,
    RELEASE_ONCE,
    RELEASE_WEEKLY,
    SLOT,
    WEEK_TIME,
)
from tongguan.core.scheme.language.forms import SET_ASIDE, Form, Key, Node
from tongguan.core.scheme.language.gates import (
    CONDITIONAL_ADMISSION,
    CREDENTIALS,
    EXEMPTION,
    HEALTH,
    HEALTH_CODE,
    HEALTH_TEST,
    RETURN,
    RIGHT_OF_ENTRY,
)
from tongguan.core.scheme.language.phases import PHASE
from tongguan.core.scheme.language.places import (
    AREA,
    CATEGORY,
    CONTROL_POINT,
    DENIED,
    ENTRY,
    EVIDENCE,
    PARTICIPATION,
    SPONSOR,
    STAYED,
)
from tongguan.core.scheme.language.quotas import LIMIT_EXCEPTION, QUOTA, RESERVE
from tongguan.core.scheme.language.requirements import (
    DOSES_TAKEN,
    EXEMPT_BY_AGE,
    EXEMPT_ON_MEDICAL_GROUND,
    HEALTH_REQUIREMENT,
    HEALTH_WAY,
    NEGATIVE_TEST,
    RECOVERED,
)
from tongguan.core.scheme.language.scalars import Choice, Whole, Zone
from tongguan.core.scheme.language.sources import (
    CLAIM,
    DATA,
    INTERVAL,
    MILESTONE,
    NOT_EXPRESSIBLE,
    PARTY,
    SOURCE,
    WITNESS,
)
from tongguan.core.scheme.language.words import NAME, PARTY_NAME, TEXT, many, maybe
from tongguan.core.scheme.model import Basis, Version, Weekday
from tongguan.core.texts import Language


@dataclass(frozen=True, kw_only=True, slots=True)
class Week:
    """The clause that says on which day a week starts."""

    starts_on: Weekday | None
    basis: Basis


@dataclass(frozen=True, kw_only=True, slots=True)
class BookingAuthority:
    """The clause that says which party keeps the ledger of places."""

    party: AuthorityId | None
    basis: Basis


WEEK: Final = Form(
    name="week",
    of=Week,
    clause=True,
    says="On which day a week starts.",
    keys=(
        Key(
            key="starts_on",
            kind=maybe(Choice(of=Weekday)),
            says="The first day of a week; null if not stated.",
        ),
    ),
)

BOOKING_AUTHORITY: Final = Form(
    name="booking_authority",
    of=BookingAuthority,
    clause=True,
    says="Which party takes applications, keeps the ledger of places and issues passes.",
    keys=(Key(key="party", kind=maybe(PARTY_NAME), says="The party; null if not stated."),),
)


def _build_version(form: Form, values: dict[str, Any]) -> object:
    week: Week = values["week"]
    booking: BookingAuthority = values["booking_authority"]
    named = {key.name: values[key.key] for key in form.keys}
    del named["week"]
    named |= {"week_starts_on": week.starts_on, "week_basis": week.basis}
    named |= {"booking_authority": booking.party, "booking_authority_basis": booking.basis}
    return form.of(**named)


def _take_version(form: Form, version: Version) -> dict[str, object]:
    nested: dict[str, object] = {
        "week": Week(starts_on=version.week_starts_on, basis=version.week_basis),
        "booking_authority": BookingAuthority(
            party=version.booking_authority, basis=version.booking_authority_basis
        ),
    }
    return {
        key.key: key.kind.write(nested.get(key.key) or getattr(version, key.name))
        for key in form.keys
    }


VERSION: Final = Form(
    name="version",
    of=Version,
    says="One text of a scheme: what the authorities sign.",
    keys=(
        Key(key="id", kind=NAME, says="The name of this text."),
        Key(key="scheme", kind=NAME, says="The scheme, the same over all its versions."),
        Key(
            key="version",
            attribute="number",
            kind=Whole(minimum=1, maximum=1_000_000),
            says="Its number; each version has a higher one than the version it follows.",
        ),
        Key(
            key="follows",
            kind=maybe(NAME),
            default=None,
            says="The id of the version before it; null for the first.",
        ),
        Key(key="title", kind=TEXT, says="What the scheme is called."),
        Key(key="summary", kind=TEXT, says="What this version is, in a few sentences."),
        Key(key="zone", kind=Zone(), says="The time zone of every day and time in it."),
        Key(
            key="week",
            kind=Node(form=WEEK),
            default={"starts_on": None},
            says="When a week starts; must be written where a weekly quota stands.",
        ),
        Key(
            key="languages",
            kind=ListOf(of=Choice(of=Language), minimum=1, once=True),
            default=tuple(language.value for language in Language),
            says="The languages in which the scheme is offered.",
        ),
        Key(key="parties", kind=many(PARTY, minimum=2), says="The authorities that sign."),
        Key(
            key="booking_authority",
            kind=Node(form=BOOKING_AUTHORITY),
            says="Who keeps the ledger of places.",
        ),
        Key(key="sources", kind=many(SOURCE), says="Where claims were read."),
        Key(key="claims", kind=many(CLAIM), says="What the sources say."),
        Key(key="milestones", kind=many(MILESTONE), default=(), says="The public line of time."),
        Key(key="phases", kind=many(PHASE, minimum=1), says="What holds, phase by phase."),
        Key(key="data", kind=Node(form=DATA), says="What holds for personal data."),
        Key(
            key="metrics",
            kind=many(METRIC),
            default=(),
            says="Figures that the authorities sign each day.",
        ),
        Key(
            key="not_expressible",
            kind=many(NOT_EXPRESSIBLE),
            default=(),
            says="What is real and cannot be said in this language.",
        ),
    ),
    build=_build_version,
    take=_take_version,
)

FORMS: Final = (
    VERSION,
    WEEK,
    PARTY,
    BOOKING_AUTHORITY,
    SOURCE,
    CLAIM,
    WITNESS,
    SET_ASIDE,
    MILESTONE,
    INTERVAL,
    METRIC,
    PHASE,
    ENTRY,
    CONTROL_POINT,
    PARTICIPATION,
    STAYED,
    AREA,
    DENIED,
    CATEGORY,
    EVIDENCE,
    SPONSOR,
    QUOTA,
    LIMIT_EXCEPTION,
    RESERVE,
    DEADLINE,
    DIRECTION,
    SLOT,
    BOOKING,
    RELEASE,
    RELEASE_ONCE,
    RELEASE_WEEKLY,
    WEEK_TIME,
    RELEASE_DAILY,
    BOOKING_HOURS,
    PARTY_RULE,
    ANNEX_BOUNDS,
    LATENESS,
    HEALTH,
    HEALTH_CODE,
    HEALTH_TEST,
    CONDITIONAL_ADMISSION,
    HEALTH_REQUIREMENT,
    HEALTH_WAY,
    NEGATIVE_TEST,
    DOSES_TAKEN,
    RECOVERED,
    EXEMPT_ON_MEDICAL_GROUND,
    EXEMPT_BY_AGE,
    RETURN,
    RIGHT_OF_ENTRY,
    EXEMPTION,
    CREDENTIALS,
    CRITERION,
    MEASURE,
    BREAKER,
    HOLDERS,
    DATA,
    NOT_EXPRESSIBLE,
)
"""Every form, from the top of a file down."""
