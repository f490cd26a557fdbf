"""The public page: what holds now and next, who may go, places left, sources, signatures, data."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from tongguan.app.annexes import annex_records
from tongguan.app.public import Allotment, public_overview
from tongguan.app.schemes import SchemeRecord, scheme_record, scheme_records
from tongguan.app.standing import BreakerState, public_standing
from tongguan.core.identifiers import PhaseId, VersionId
from tongguan.core.scheme.annexes import annex_digest, as_cited
from tongguan.core.scheme.model import Annex, ControlPoint, DateInterval, Phase, Sponsor, Version
from tongguan.core.scheme.unknowns import blocking
from tongguan.web.context import domain_time
from tongguan.web.languages import current_language
from tongguan.web.pages.places import places_tables
from tongguan.web.pages.timeline import timeline_of
from tongguan.web.permissions import Permission, allows
from tongguan.web.service import current_authority
from tongguan.web.templatetags.scheme import claims_shown

DAYS_SHOWN = 8


@allows(Permission.ANYONE)
def overview(request: HttpRequest) -> HttpResponse:
    """What holds, or every adopted text when nothing holds yet."""
    authority = current_authority()
    found = public_overview(authority, days=DAYS_SHOWN)
    records = scheme_records(authority)
    holding = found.holding
    record = None
    if holding is not None:
        record = next(each for each in records if each.digest == holding.digest)
    context: dict[str, Any] = {
        "overview": found,
        "versions": tuple(each.version for each in records),
        "record": record,
    }
    if record is not None and holding is not None:
        standing = public_standing(authority)
        context |= _described(record, holding.version, holding.phase, is_held=True) | {
            "holding": holding,
            "means_key": f"pages.state_means.{holding.state}",
            "next_phase": found.next_phase,
            "standing": standing,
            "breakers": standing.breakers,
            "criteria": tuple(
                (
                    each,
                    tuple((state.criterion, state.found) for state in standing.criteria[each.id]),
                )
                for each in holding.version.phases
                if each.id in standing.criteria
            ),
            "allotments": tuple(_allotment(each, holding.phase) for each in found.allotments),
            "places": places_tables(found.availability, found.now, holding),
        }
    return render(request, "public/overview.html", context)


@allows(Permission.ANYONE)
def version(request: HttpRequest, version_id: str) -> HttpResponse:
    """One phase of an adopted text, the first if none is asked for, with what nobody has stated."""
    record = scheme_record(current_authority(), VersionId(version_id))
    if record is None:
        raise Http404
    phases = {each.id: each for each in record.version.phases}
    asked = phases.get(PhaseId(request.GET.get("phase", "")), record.version.phases[0])
    described = _described(record, record.version, asked, is_held=False)
    return render(request, "public/version.html", described)


@dataclass(frozen=True, kw_only=True, slots=True)
class AllotmentShown:
    """A row of the sponsors' board."""

    sponsor: Sponsor
    days: DateInterval
    quota: str
    limit: int
    taken: int
    left: int


def _allotment(found: Allotment, phase: Phase) -> AllotmentShown:
    window = found.window
    quota = next((each for each in phase.quotas if each.id == window.quota), None)
    return AllotmentShown(
        sponsor=found.sponsor,
        days=DateInterval(
            first=window.starts, last=window.starts + timedelta(days=window.days - 1)
        ),
        quota=window.quota if quota is None else quota.name.in_language(current_language()),
        limit=window.limit,
        taken=found.taken,
        left=found.left,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class AnnexShown:
    """An annex in force, and when it was signed."""

    text: Annex
    at: datetime
    digest: str


def points_without_booking(phase: Phase) -> tuple[ControlPoint, ...]:
    """The control points where one crosses without place and pass."""
    points = (phase.entry.control_points if phase.entry else None) or ()
    return tuple(each for each in points if not each.booking_required)


def _described(
    record: SchemeRecord, shown: Version, phase: Phase, *, is_held: bool
) -> dict[str, Any]:
    """The text as it is shown: as signed, or as its annexes run it while it holds."""
    names = [each.id for each in shown.phases]
    later = shown.phases[names.index(phase.id) + 1 :]
    return {
        "record": record,
        "version": shown,
        "phase": phase,
        "next_phase": later[0] if later else None,
        # Without figures: what the text says alone.
        "breakers": tuple(
            BreakerState(breaker=each, yesterday=None, trip=None) for each in phase.breakers
        ),
        "criteria": tuple(
            (each, tuple((criterion, None) for criterion in each.criteria))
            for each in shown.phases
            if each.criteria
        ),
        "annexes": tuple(
            AnnexShown(
                text=as_cited(each.signed.statement.annex),
                at=each.signed.statement.at,
                digest=annex_digest(each.signed.statement.annex),
            )
            for each in annex_records(current_authority(), record.digest)
            if each.in_force
        ),
        "without_booking": points_without_booking(phase),
        "blocking": () if is_held else blocking(shown, phase.id),
        "timeline": timeline_of(shown, domain_time()),
        "claims": claims_shown(shown),
    }
