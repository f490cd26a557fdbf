"""Reads a file of demand figures: every number with its kind, its claims or its reason."""

from typing import Final, cast

from tongguan.core.identifiers import VersionId
from tongguan.core.quota.backtest import (
    DemandFigures,
    DemandRow,
    DemandTotal,
    Figure,
    FigureKind,
)
from tongguan.core.scheme.faults import Fault, FaultCode, Positions
from tongguan.core.scheme.language.containers import ListOf
from tongguan.core.scheme.language.forms import Form, Key, Node, Parsed, built
from tongguan.core.scheme.language.reader import Reader
from tongguan.core.scheme.language.scalars import Choice, Day, Whole
from tongguan.core.scheme.language.words import (
    CLAIM_NAME,
    CONTROL_POINT_CODE,
    DIRECTION_NAME,
    NAME,
    TEXT,
    many,
    maybe,
)
from tongguan.core.scheme.meaning import times
from tongguan.core.scheme.meaning.nodes import expect, expect_all, string, walk
from tongguan.core.scheme.model import Version

_FIGURE: Final = Form(
    name="figure",
    of=Figure,
    says="A number of persons and how it came about.",
    keys=(
        Key(key="persons", kind=Whole(minimum=0, maximum=10_000_000), says="The number."),
        Key(key="kind", kind=Choice(of=FigureKind), says="Stated, bound by words, or assumed."),
        Key(
            key="claims",
            kind=ListOf(of=CLAIM_NAME, once=True),
            default=(),
            says="Claims of the version that it rests on.",
        ),
        Key(key="because", kind=maybe(TEXT), default=None, says="How the number follows."),
    ),
)
_DAYS: Final = (
    Key(key="first", kind=Day(), says="The first service day."),
    Key(key="last", kind=Day(), says="The last service day."),
)
_ROW: Final = Form(
    name="demand_row",
    of=DemandRow,
    says="Persons a day who wanted to cross; the last row for a day holds.",
    keys=(
        Key(key="id", kind=NAME, says="Its name."),
        Key(key="direction", kind=DIRECTION_NAME, says="The way."),
        Key(key="control_point", kind=CONTROL_POINT_CODE, says="Where."),
        *_DAYS,
        Key(key="low", kind=maybe(Node(form=_FIGURE)), says="The least; null if not known."),
        Key(key="high", kind=maybe(Node(form=_FIGURE)), says="The greatest; null if not known."),
    ),
)
_TOTAL: Final = Form(
    name="demand_total",
    of=DemandTotal,
    says="Persons over several days together.",
    keys=(
        Key(key="id", kind=NAME, says="Its name."),
        Key(key="name", kind=TEXT, says="What was counted."),
        Key(key="direction", kind=DIRECTION_NAME, says="The way."),
        Key(
            key="control_point",
            kind=maybe(CONTROL_POINT_CODE),
            default=None,
            says="Where; null is everywhere.",
        ),
        *_DAYS,
        Key(key="persons", kind=Node(form=_FIGURE), says="How many."),
    ),
)
_FILE: Final = Form(
    name="demand",
    of=DemandFigures,
    says="What is known of demand for one version.",
    keys=(
        Key(key="version", kind=NAME, says="The version."),
        Key(key="rows", kind=many(_ROW), says="Day by day."),
        Key(key="totals", kind=many(_TOTAL), default=(), says="Days together."),
    ),
)


def read_demand(
    data: object, positions: Positions, version: Version
) -> DemandFigures | tuple[Fault, ...]:
    """The figures that the data says for a version, or every fault in the order of the file."""
    reader = Reader(data=data, positions=positions)
    parsed = Node(form=_FILE).read(data, (), reader)
    if isinstance(parsed, Parsed):
        for check in times.CHECKS_OF_ANY_TEXT:
            check(parsed, reader)
        _check_names(parsed, version, reader)
        _check_figures(parsed, version, reader)
    if reader.faults:
        faults = sorted(reader.faults, key=lambda each: (each.line, each.column, each.path))
        return tuple(faults)
    return cast("DemandFigures", built(parsed))


def _check_names(file: Parsed, version: Version, reader: Reader) -> None:
    name = VersionId(version.id)
    if string(file, "version") not in (None, name):
        facts = {"value": str(string(file, "version")), "allowed": name}
        reader.fault(FaultCode.VALUE_NOT_ALLOWED, ("version",), **facts)
    directions = tuple(each.id for phase in version.phases for each in phase.directions)
    points = tuple(
        point.id
        for phase in version.phases
        for point in (phase.entry.control_points if phase.entry else None) or ()
    )
    for row in walk(file, _ROW, _TOTAL):
        place = (*row.path, "direction")
        code = FaultCode.DIRECTION_UNKNOWN
        expect(string(row, "direction"), directions, place, code, reader)
        place = (*row.path, "control_point")
        code = FaultCode.CONTROL_POINT_UNKNOWN
        expect(string(row, "control_point"), points, place, code, reader)


def _check_figures(file: Parsed, version: Version, reader: Reader) -> None:
    """A number that a source gives or bounds cites it; one that none states says why."""
    claims = tuple(each.id for each in version.claims)
    for figure in walk(file, _FIGURE):
        expect_all(figure, "claims", claims, FaultCode.CLAIM_UNKNOWN, reader)
        kind = figure.values["kind"]
        sourced = kind in (FigureKind.STATED, FigureKind.BOUND)
        if sourced and not figure.values["claims"]:
            reader.fault(FaultCode.CLAUSE_WITHOUT_SOURCE, figure.path)
        if kind in (FigureKind.BOUND, FigureKind.ASSUMED) and figure.values["because"] is None:
            hint = TEXT.hint
            reader.fault(FaultCode.KEY_MISSING, figure.path, value="because", hint=hint)
