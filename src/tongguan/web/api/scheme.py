"""What holds, and every adopted version with what was signed about it."""

from base64 import b64encode
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from tongguan.app.public import public_overview
from tongguan.app.schemes import SchemeRecord, scheme_record, scheme_records
from tongguan.core.identifiers import VersionId
from tongguan.core.scheme.acts import SignedAct
from tongguan.core.scheme.reading import version_as_data
from tongguan.core.scheme.unknowns import unknowns
from tongguan.web.api.problems import ProblemCode, ProblemError
from tongguan.web.api.routing import operation
from tongguan.web.api.shapes import Identifier
from tongguan.web.languages import current_language
from tongguan.web.permissions import Permission
from tongguan.web.service import current_authority

router = Router(tags=["scheme"])


class HoldingOut(Schema):
    """The version and phase in force, or in force last."""

    version: str
    scheme: str
    digest: str
    title: str
    phase: str
    state: str
    since: datetime | None
    booking_authority: str | None


class SchemeOut(Schema):
    """What holds at this moment."""

    authority: str
    demonstration: bool
    now: datetime
    holding: HoldingOut | None
    next_phase: str | None


class ActOut(Schema):
    """A signed act, read and as signed."""

    kind: str
    authority: str
    version: str
    digest: str
    phase: str | None
    at: datetime
    key_id: str
    signed: str


class VersionShortOut(Schema):
    """A version by name and digest."""

    id: str
    scheme: str
    digest: str
    title: str


class UnknownOut(Schema):
    """Something nobody has stated, and what it blocks."""

    path: str
    what: str
    blocks: str | None


class StandingOut(Schema):
    """The state of one phase."""

    phase: str
    state: str
    since: datetime | None


class VersionOut(VersionShortOut):
    """A version with its text, its acts and what is unknown in it."""

    text: dict[str, Any]
    acts: list[ActOut]
    standings: list[StandingOut]
    unknowns: list[UnknownOut]


@operation(router, "GET", "/scheme", permission=Permission.ANYONE, answer=SchemeOut)
def show_scheme(request: HttpRequest) -> SchemeOut:
    """What holds now and next."""
    authority = current_authority()
    found = public_overview(authority, days=1)
    holding = found.holding
    return SchemeOut(
        authority=authority.id,
        demonstration=authority.demonstration,
        now=found.now,
        holding=None
        if holding is None
        else HoldingOut(
            version=holding.version.id,
            scheme=holding.version.scheme,
            digest=holding.digest,
            title=holding.version.title.in_language(current_language()),
            phase=holding.phase.id,
            state=holding.state.value,
            since=holding.since,
            booking_authority=holding.version.booking_authority,
        ),
        next_phase=found.next_phase.id if found.next_phase else None,
    )


@operation(
    router, "GET", "/scheme/versions", permission=Permission.ANYONE, answer=list[VersionShortOut]
)
def list_versions(request: HttpRequest) -> list[VersionShortOut]:
    """Every adopted version, the newest first."""
    return [_short(each) for each in scheme_records(current_authority())]


@operation(
    router,
    "GET",
    "/scheme/versions/{version_id}",
    permission=Permission.ANYONE,
    answer=VersionOut,
)
def show_version(request: HttpRequest, version_id: Identifier) -> VersionOut:
    """One version with everything that was done about it."""
    record = scheme_record(current_authority(), VersionId(version_id))
    if record is None:
        raise ProblemError(ProblemCode.NOT_FOUND)
    language = current_language()
    return VersionOut(
        **_short(record).dict(),
        text=version_as_data(record.version),
        acts=[act_out(each) for each in record.acts],
        standings=[
            StandingOut(phase=phase, state=standing.state.value, since=standing.since)
            for phase, standing in record.standings
        ],
        unknowns=[
            UnknownOut(path=each.path, what=each.what.in_language(language), blocks=each.blocks)
            for each in unknowns(record.version)
        ],
    )


def act_out(signed: SignedAct) -> ActOut:
    """An act as published."""
    act = signed.act
    return ActOut(
        kind=act.kind.value,
        authority=act.authority,
        version=act.version,
        digest=act.digest,
        phase=act.phase,
        at=act.at,
        key_id=signed.key_id.hex(),
        signed=b64encode(signed.message).decode(),
    )


def _short(record: SchemeRecord) -> VersionShortOut:
    version = record.version
    return VersionShortOut(
        id=version.id,
        scheme=version.scheme,
        digest=record.digest,
        title=version.title.in_language(current_language()),
    )
