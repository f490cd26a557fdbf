"""The public page of what keeps officers' hands off health codes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from tongguan.app.health.public import FEWER_THAN, HealthFigures, MonthFigures, health_figures
from tongguan.app.schemes import NothingHoldsError
from tongguan.core.evidence.records import Route
from tongguan.core.evidence.sources import ROUTES
from tongguan.web.permissions import Permission, allows
from tongguan.web.service import current_authority

MONTHS_SHOWN = 6
_MEASURES = ("acts", "held", "reviewed")
_SIGNED = tuple(sorted(ROUTES.values()))
_CASES = ("cases_opened", "cases_decided_in_time", "cases_relieved", "alarms_raised")
_OWN_DOING = ("claims_refused", "places_listed")

Count = Callable[[MonthFigures], int | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """A count under the words of its column; ``None`` = too few to be told."""

    key: str
    count: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class MonthTable:
    """Counts by month; a table says what it counts by words under ``key``."""

    name: str
    key: str
    columns: tuple[str, ...]
    rows: tuple[tuple[date, tuple[Cell, ...]], ...]


@allows(Permission.ANYONE)
def figures(request: HttpRequest) -> HttpResponse:
    """The count of the last months, or that nothing has been counted yet."""
    authority = current_authority()
    if authority.health_rules is None:
        raise Http404
    try:
        found = health_figures(authority, months=MONTHS_SHOWN)
    except NothingHoldsError:
        return render(request, "public/health_controls.html", {"figures": None})
    context = {
        "figures": found,
        "fewer_than": FEWER_THAN,
        "tables": _main_tables(found),
        "other_tables": _other_tables(found),
    }
    return render(request, "public/health_controls.html", context)


def _main_tables(found: HealthFigures) -> tuple[MonthTable, ...]:
    by_hand = tuple(
        (f"health_figures.{each}", _of_route(Route.OFFICERS, each)) for each in _MEASURES
    )
    cases = tuple((f"health_figures.{each}", attrgetter(each)) for each in _CASES)
    own = tuple((f"health_figures.{each}", attrgetter(each)) for each in _OWN_DOING)
    return (
        _table(found, "by_hand", by_hand),
        _table(found, "own_doing", own),
        _table(found, "cases", cases),
    )


def _other_tables(found: HealthFigures) -> tuple[MonthTable, ...]:
    # A person's own hand has no limit: none of that is ever held, or reviewed.
    others = tuple(each for each in Route if each is not Route.OFFICERS)
    of_measure = {"acts": others, "held": _SIGNED, "reviewed": _SIGNED}
    return tuple(
        _table(
            found,
            f"others_{measure}",
            tuple((f"health_figures.routes.{each}", _of_route(each, measure)) for each in routes),
        )
        for measure, routes in of_measure.items()
    )


def _of_route(route: Route, measure: str) -> Count:
    return lambda month: getattr(month.acts[route], measure)


def _table(found: HealthFigures, name: str, columns: Sequence[tuple[str, Count]]) -> MonthTable:
    return MonthTable(
        name=name,
        key=f"health_figures.tables.{name}",
        columns=tuple(key for key, _ in columns),
        rows=tuple(
            (month.month, tuple(Cell(key=key, count=count(month)) for key, count in columns))
            for month in found.months
        ),
    )
