"""The words of a file of health rules, read as strictly as a scheme file: every fault is named."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, cast

from tongguan.core.evidence.controls import Controls
from tongguan.core.evidence.records import Route
from tongguan.core.health.colour_names import Colour
from tongguan.core.health.grounds import HealthReason
from tongguan.core.health.rules import (
    ByExposure,
    ByTests,
    ColourRule,
    ColourRules,
    ExpectedFrom,
    HealthRules,
    Stated,
)
from tongguan.core.identifiers import AuthorityId
from tongguan.core.people import Assurance
from tongguan.core.scheme.faults import Fault, FaultCode, Path, Positions
from tongguan.core.scheme.language.containers import ListOf
from tongguan.core.scheme.language.forms import Form, Key, Node, Parsed, built
from tongguan.core.scheme.language.reader import Kind, Reader
from tongguan.core.scheme.language.scalars import Characters, Choice, Whole, Zone
from tongguan.core.scheme.language.words import NAME, PARTY_NAME, TEXT, URL, maybe
from tongguan.core.texts import Text


class _AdverseColour(StrEnum):
    """Green is what is left where no rule holds."""

    AMBER = Colour.AMBER.value
    RED = Colour.RED.value


@dataclass(frozen=True, kw_only=True, slots=True)
class _Figure:
    """A value with where it is from."""

    value: Any
    source: str | None
    assumed: Text | None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Backed:
    """A mapping that cites a source, or says why what it states is assumed."""

    node: Node

    @property
    def hint(self) -> str:
        return self.node.hint

    def read(self, value: object, path: Path, reader: Reader) -> object:
        parsed = self.node.read(value, path, reader)
        if isinstance(parsed, Parsed) and (parsed.values["source"], parsed.values["assumed"]) == (
            None,
            None,
        ):
            reader.fault(FaultCode.KEY_MISSING, path, value="source / assumed", hint=URL.hint)
        return parsed

    def write(self, value: object) -> object:
        return self.node.write(value)

    def schema(self) -> dict[str, object]:
        return self.node.schema()


_BACKING: Final = (
    Key(key="source", kind=maybe(URL), default=None, says="Where it was read."),
    Key(key="assumed", kind=maybe(TEXT), default=None, says="Why it is assumed."),
)
_SHARE: Final = Characters(pattern=r"0(?:\.[0-9]{1,8})?|1", hint='"0.999"')
_NUMBER: Final = Characters(pattern=r"(?:0|[1-9][0-9]{0,4})(?:\.[0-9]{1,4})?", hint='"12.5"')


def _figure(kind: Kind) -> Kind:
    keys = (Key(key="value", kind=kind, says="The value."), *_BACKING)
    return _Backed(node=Node(form=Form(name="figure", of=_Figure, says="A figure.", keys=keys)))


def _figures(name: str, says: str, **kinds: Kind) -> Form:
    """A mapping in which every value is a figure with where it is from."""
    keys = tuple(Key(key=key, kind=_figure(kind), says="…") for key, kind in kinds.items())
    return Form(name=name, of=dict, says=says, keys=keys)


BY_TESTS: Final = _figures(
    "by_tests",
    "What is needed to expect how many are coloured for a test that was wrong.",
    tests_per_10000_daily=_NUMBER,
    prevalence=_SHARE,
    specificity=_SHARE,
    days=_NUMBER,
)
BY_EXPOSURE: Final = _figures(
    "by_exposure",
    "What is needed to expect how many were exposed and are well.",
    persons_per_10000=_NUMBER,
    infected=_SHARE,
)
_BY_TESTS_OF: Final = frozenset({HealthReason.CONFIRMED, HealthReason.SUSPECTED})
GROUNDS: Final = tuple(each for each in HealthReason if each is not HealthReason.NOTHING_ADVERSE)


def _ground(reason: HealthReason) -> Kind:
    figures = BY_TESTS if reason in _BY_TESTS_OF else BY_EXPOSURE
    form = Form(
        name="ground",
        of=dict,
        says="One ground for a colour other than green.",
        keys=(
            Key(key="colour", kind=Choice(of=_AdverseColour), says="The colour it gives."),
            Key(
                key="days",
                kind=maybe(Whole(minimum=1, maximum=366)),
                says="Days from that of the fact, which counts; null: while its evidence counts.",
            ),
            *_BACKING,
            Key(
                key="expected_false",
                kind=maybe(Node(form=figures)),
                says="From what the number of people coloured wrongly follows; null: not stated.",
            ),
        ),
    )
    return maybe(_Backed(node=Node(form=form)))


GROUNDS_FORM: Final = Form(
    name="grounds",
    of=dict,
    says="Every ground; null where the version does not have it.",
    keys=tuple(Key(key=each.value, kind=_ground(each), says="…") for each in GROUNDS),
)

_MINUTES: Final = Whole(minimum=1, maximum=44_640)
_DAYS: Final = Whole(minimum=1, maximum=366)
_ACTS: Final = Whole(minimum=1, maximum=1_000_000)
_BATCH_ROUTES: Final = (Route.ARRIVAL_FEED, Route.LABORATORY, Route.ORDER_OFFICE)
_LIMITED_ROUTES: Final = (*_BATCH_ROUTES, Route.OFFICERS)

UNREVIEWED_MAX: Final = _figures(
    "unreviewed_max",
    "Adverse acts of one causer that may count before others look.",
    **{route.value: Whole(minimum=0, maximum=1_000_000) for route in _LIMITED_ROUTES},
)
BATCH_ENTRIES_MAX: Final = _figures(
    "batch_entries_max",
    "Entries of one signed batch.",
    **{route.value: _ACTS for route in _BATCH_ROUTES},
)
ALARM_ACTS: Final = _figures(
    "alarm_acts",
    "Acts and attempts of one causer that raise an alarm.",
    **{route.value: _ACTS for route in _LIMITED_ROUTES},
)
TARGET_ACTS: Final = _figures(
    "target_acts",
    "Acts and attempts against people who share something that raise an alarm.",
    **{route.value: _ACTS for route in _LIMITED_ROUTES},
)
_SINGLE: Final[Mapping[str, Kind]] = {
    "alarm_window_minutes": _MINUTES,
    "target_window_days": _DAYS,
    "proposal_minutes": _MINUTES,
    "correction_minutes": _MINUTES,
    "claim_minutes": _MINUTES,
    "finding_days_max": _DAYS,
    "places_open_max": Whole(minimum=0, maximum=10_000),
}
CONTROLS: Final = Form(
    name="controls",
    of=dict,
    says="How much one hand may do before others look.",
    keys=(
        Key(key="unreviewed_max", kind=Node(form=UNREVIEWED_MAX), says="By route."),
        Key(key="batch_entries_max", kind=Node(form=BATCH_ENTRIES_MAX), says="By route."),
        Key(key="alarm_acts", kind=Node(form=ALARM_ACTS), says="By route."),
        Key(key="target_acts", kind=Node(form=TARGET_ACTS), says="By route."),
        *(Key(key=key, kind=_figure(kind), says="…") for key, kind in _SINGLE.items()),
    ),
)


def _health_rules(form: Form, values: dict[str, Any]) -> HealthRules:  # noqa: ARG001
    grounds: dict[str, dict[str, Any] | None] = values["grounds"]
    stated: dict[str, Stated] = {}
    _collect(values, "", stated)
    present = {HealthReason(name): ground for name, ground in grounds.items() if ground is not None}
    expected = {
        reason: _expected_from(ground["expected_false"]) for reason, ground in present.items()
    }
    return HealthRules(
        colours=ColourRules(
            id=values["id"],
            authority=AuthorityId(values["authority"]),
            zone=values["zone"],
            rules=tuple(_colour_rule(reason, ground) for reason, ground in present.items()),
            schemes_without_effect=frozenset(values["schemes_without_effect"]),
            assumed=values["assumed"],
        ),
        controls=_controls(values["controls"]),
        assurance_min=values["assurance_min"].value,
        expected_from=MappingProxyType(
            {r: each for r, each in expected.items() if each is not None}
        ),
        stated=MappingProxyType(stated),
    )


HEALTH_RULES: Final = Form(
    name="health_rules",
    of=HealthRules,
    says="All that an authority lays down of its health code, in one version.",
    keys=(
        Key(key="id", kind=NAME, says="The name of the version, which every code carries."),
        Key(key="authority", kind=PARTY_NAME, says="Whose rules they are."),
        Key(key="zone", kind=Zone(), says="The zone in which its days begin."),
        Key(key="assumed", kind=maybe(TEXT), says="Why the rules are assumed; null: published."),
        Key(
            key="schemes_without_effect",
            kind=ListOf(of=NAME, once=True),
            says="Travel schemes whose arrivals count for nothing.",
        ),
        Key(
            key="assurance_min",
            kind=_figure(Choice(of=Assurance)),
            says="How sure it must be who a registration is of, for a code.",
        ),
        Key(key="grounds", kind=Node(form=GROUNDS_FORM), says="What gives which colour."),
        Key(key="controls", kind=Node(form=CONTROLS), says="What no single hand may exceed."),
    ),
    build=_health_rules,
)


def read_health_rules(data: object, positions: Positions) -> HealthRules | tuple[Fault, ...]:
    """The rules that the data says, or its faults in the order of the file."""
    reader = Reader(data=data, positions=positions)
    parsed = Node(form=HEALTH_RULES).read(data, (), reader)
    if reader.faults:
        return tuple(
            sorted(set(reader.faults), key=lambda each: (each.line, each.column, each.path))
        )
    return cast("HealthRules", built(parsed))


def _colour_rule(reason: HealthReason, ground: dict[str, Any]) -> ColourRule:
    return ColourRule(
        reason=reason,
        colour=Colour(ground["colour"].value),
        days=ground["days"],
        source=ground["source"],
        assumed=ground["assumed"],
    )


def _expected_from(figures: dict[str, _Figure] | None) -> ExpectedFrom | None:
    if figures is None:
        return None
    numbers = {name: Decimal(figure.value) for name, figure in figures.items()}
    return ByTests(**numbers) if "specificity" in numbers else ByExposure(**numbers)


def _controls(values: dict[str, Any]) -> Controls:
    def by_route(name: str) -> Mapping[Route, int]:
        return MappingProxyType({Route(key): each.value for key, each in values[name].items()})

    def minutes(name: str) -> timedelta:
        return timedelta(minutes=values[name].value)

    return Controls(
        unreviewed_max=by_route("unreviewed_max"),
        batch_entries_max=by_route("batch_entries_max"),
        alarm_acts=by_route("alarm_acts"),
        alarm_window=minutes("alarm_window_minutes"),
        target_acts=by_route("target_acts"),
        target_window=timedelta(days=values["target_window_days"].value),
        proposal_time=minutes("proposal_minutes"),
        correction_time=minutes("correction_minutes"),
        claim_time=minutes("claim_minutes"),
        finding_days_max=values["finding_days_max"].value,
        places_open_max=values["places_open_max"].value,
    )


def _collect(values: Mapping[str, Any], path: str, stated: dict[str, Stated]) -> None:
    """Every figure below, by its path."""
    for key, value in values.items():
        if isinstance(value, _Figure):
            stated[path + key] = Stated(
                value=str(value.value), source=value.source, assumed=value.assumed
            )
        elif isinstance(value, dict):
            _collect(value, f"{path}{key}/", stated)
