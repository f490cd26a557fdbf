"""CertLogic rules for a benchmark, written in the manner of national ones, and what each must say.

Every payload is judged by the rules of all certificates and by those of its own kind, as a verifier
does; a rule of another kind would be over at its first condition.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from tongguan.cli.bench.made_certificates import (
    COVID_19,
    NOT_DETECTED,
    NOW,
    NUCLEIC_ACID,
    PRODUCTS,
)
from tongguan.core.certlogic.compile import CompiledRule, RuleFault, compile_rule

Json = Any
_ANTIGEN: Final = "LP217198-3"
_VALUE_SETS: Final = {
    "disease-agent-targeted": [COVID_19],
    "vaccines-covid-19-names": ["CVnCoV", "Covaxin", "CoronaVac", *PRODUCTS],
    "covid-19-lab-result": [NOT_DETECTED, "260373001"],
}


def _var(path: str) -> Json:
    return {"var": path}


def _day(path: str, amount: int = 0, unit: str = "day") -> Json:
    return {"plusTime": [_var(path), amount, unit]}


def _where(kind: str, then: Json) -> Json:
    """True of a certificate of another kind."""
    return {"if": [_var(f"payload.{kind}.0"), then, True]}


_CLOCK: Final = _day("external.validationClock")
_GENERAL: Final[tuple[Json, ...]] = (
    {
        "===": [
            {
                "reduce": [
                    [_var("payload.v"), _var("payload.t"), _var("payload.r")],
                    {"+": [_var("accumulator"), {"if": [_var("current.0"), 1, 0]}]},
                    0,
                ]
            },
            1,
        ]
    },
    {
        "and": [
            _where(
                kind,
                {
                    "in": [
                        _var(f"payload.{kind}.0.tg"),
                        _var("external.valueSets.disease-agent-targeted"),
                    ]
                },
            )
            for kind in "vtr"
        ]
    },
)
_RULES: Final[Mapping[str, tuple[Json, ...]]] = {
    "v": (
        _where(
            "v",
            {"in": [_var("payload.v.0.mp"), _var("external.valueSets.vaccines-covid-19-names")]},
        ),
        _where("v", {">=": [_var("payload.v.0.dn"), _var("payload.v.0.sd")]}),
        _where(
            "v",
            {
                "if": [
                    {"===": [_var("payload.v.0.mp"), "EU/1/20/1525"]},
                    {"not-before": [_CLOCK, _day("payload.v.0.dt", 28)]},
                    {"not-before": [_CLOCK, _day("payload.v.0.dt", 14)]},
                ]
            },
        ),
        _where("v", {"not-after": [_CLOCK, _day("payload.v.0.dt", 270)]}),
    ),
    "t": (
        _where("t", {"in": [_var("payload.t.0.tt"), [NUCLEIC_ACID, _ANTIGEN]]}),
        _where("t", {"===": [_var("payload.t.0.tr"), NOT_DETECTED]}),
        _where(
            "t",
            {
                "and": [
                    {
                        "in": [
                            _var("payload.t.0.tr"),
                            _var("external.valueSets.covid-19-lab-result"),
                        ]
                    },
                    {"!": [_var("payload.t.1")]},
                ]
            },
        ),
        _where(
            "t",
            {
                "if": [
                    {"===": [_var("payload.t.0.tt"), NUCLEIC_ACID]},
                    {"before": [_CLOCK, _day("payload.t.0.sc", 72, "hour")]},
                    {"before": [_CLOCK, _day("payload.t.0.sc", 24, "hour")]},
                ]
            },
        ),
    ),
    "r": (
        _where("r", {"not-before": [_CLOCK, _day("payload.r.0.fr", 11)]}),
        _where("r", {"not-after": [_CLOCK, _day("payload.r.0.fr", 180)]}),
        _where(
            "r",
            {"not-after": [_day("payload.r.0.df"), _CLOCK, _day("payload.r.0.du")]},
        ),
    ),
}
_SPOILED: Final[Mapping[str, Mapping[str, Json]]] = {
    "v": {"dt": (NOW - timedelta(days=300)).date().isoformat(), "dn": 1},
    "t": {"sc": (NOW - timedelta(hours=80)).isoformat(), "tr": "260373001"},
    "r": {"fr": (NOW - timedelta(days=200)).date().isoformat(), "du": "2021-12-01"},
}
"""What makes two rules of a kind false and leaves the others as they are."""
FALSE_WHEN_SPOILED: Final = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class JudgedPayload:
    """A payload, and the rules that judge it."""

    rules: tuple[Callable[[object], object], ...]
    data: Mapping[str, Any]
    spoiled: Mapping[str, Any]
    """The same with an entry of which two rules are false."""


def judged_payloads(documents: Sequence[Mapping[str, Any]]) -> tuple[JudgedPayload, ...]:
    """Each document as a payload of its own, with the rules, compiled once."""
    by_kind = {
        kind: tuple(_compiled(each).evaluate for each in (*_GENERAL, *rules))
        for kind, rules in _RULES.items()
    }
    external = {"validationClock": NOW.isoformat(), "valueSets": _VALUE_SETS}

    def judged(document: Mapping[str, Any]) -> JudgedPayload:
        kind = next(each for each in _RULES if each in document)
        (entry,) = document[kind]
        return JudgedPayload(
            rules=by_kind[kind],
            data={"payload": document, "external": external},
            spoiled={
                "payload": {**document, kind: [{**entry, **_SPOILED[kind]}]},
                "external": external,
            },
        )

    return tuple(judged(each) for each in documents)


def _compiled(expression: Json) -> CompiledRule:
    rule = compile_rule(expression)
    if isinstance(rule, RuleFault):
        fault = f"a rule of our own is none: {rule.path} {rule.problem}"
        raise RuntimeError(fault)  # noqa: TRY004 - a bug
    return rule
