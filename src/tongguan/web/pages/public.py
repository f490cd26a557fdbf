"""The public page: what holds now and next, who may go, places left, sources, signatures, data."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from tongguan.app.public import public_overview
from tongguan.app.schemes import SchemeRecord, scheme_record, scheme_records
from tongguan.core.identifiers import VersionId
from tongguan.core.scheme.model import Phase, Version
from tongguan.core.scheme.unknowns import blocking
from tongguan.web.context import domain_time
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
        context |= _described(record, holding.version, holding.phase, is_held=True) | {
            "holding": holding,
            "why": tuple(
                act.reason
                for phase, standing in record.standings
                if phase == holding.phase.id
                for act in standing.acts
                if act.reason is not None
            ),
            "means_key": f"pages.state_means.{holding.state}",
            "next_phase": found.next_phase,
            "places": places_tables(found.availability, found.now),
        }
    return render(request, "public/overview.html", context)


@allows(Permission.ANYONE)
def version(request: HttpRequest, version_id: str) -> HttpResponse:
    """One adopted text, in force or not, with everything nobody has stated in it."""
    record = scheme_record(current_authority(), VersionId(version_id))
    if record is None:
        raise Http404
    first = record.version.phases[0]
    described = _described(record, record.version, first, is_held=False)
    return render(request, "public/version.html", described)


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
        "blocking": () if is_held else blocking(shown, phase.id),
        "timeline": timeline_of(shown, domain_time()),
        "claims": claims_shown(shown),
    }
