"""The public count of what keeps officers' hands off health codes."""

from collections.abc import Mapping
from datetime import datetime

from django.http import HttpRequest
from ninja import Router, Schema

from tongguan.app.health.public import FEWER_THAN, health_figures
from tongguan.core.evidence.records import Route
from tongguan.web.api.problems import ProblemCode, ProblemError
from tongguan.web.api.routing import operation
from tongguan.web.permissions import Permission
from tongguan.web.service import current_authority

router = Router(tags=["published"])


class AdverseActsOut(Schema):
    """Acts by one route that made a colour worse, or would have; null = fewer than ``fewer_than``.

    ``held`` and ``reviewed`` are of ``acts``.
    """

    acts: int | None
    held: int | None
    reviewed: int | None


class MonthOut(Schema):
    """One calendar month; null = fewer than ``fewer_than``."""

    month: str
    acts: Mapping[Route, AdverseActsOut]
    cases_opened: int | None
    cases_decided_in_time: int | None
    cases_relieved: int | None
    alarms_raised: int
    claims_refused: int
    places_listed: int


class HealthControlsOut(Schema):
    """Counts by calendar month in ``zone``, the present month first.

    ``rules`` names the version of the rules whose limits hold, and ``rules_digest`` is the SHA-256
    of their file: whoever keeps it sees that a limit was changed.
    """

    rules: str
    rules_digest: str
    at: datetime
    zone: str
    fewer_than: int
    months: list[MonthOut]
    counting_by_officers: int
    cases_open: int | None
    alarms_open: int


@operation(
    router,
    "GET",
    "/published/health-controls",
    permission=Permission.ANYONE,
    answer=HealthControlsOut,
)
def show_health_controls(request: HttpRequest) -> HealthControlsOut:
    """Acts that made colours worse, requests for correction and alarms, by month."""
    authority = current_authority()
    if authority.health_rules is None:
        raise ProblemError(ProblemCode.NOT_FOUND)
    found = health_figures(authority)
    return HealthControlsOut(
        rules=authority.health_rules.colours.id,
        rules_digest=authority.health_rules.digest,
        at=found.at,
        zone=found.zone,
        fewer_than=FEWER_THAN,
        months=[
            MonthOut(
                month=f"{each.month:%Y-%m}",
                acts={
                    route: AdverseActsOut(acts=acts.acts, held=acts.held, reviewed=acts.reviewed)
                    for route, acts in each.acts.items()
                },
                cases_opened=each.cases_opened,
                cases_decided_in_time=each.cases_decided_in_time,
                cases_relieved=each.cases_relieved,
                alarms_raised=each.alarms_raised,
                claims_refused=each.claims_refused,
                places_listed=each.places_listed,
            )
            for each in found.months
        ],
        counting_by_officers=found.counting_by_officers,
        cases_open=found.cases_open,
        alarms_open=found.alarms_open,
    )
