"""The rules by which each authority colours its codes, with their sources.

Hong Kong's were published with its Health Code in December 2021. Guangdong's were only said to be
aligned with them, so they are assumed, and say so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tongguan.core.health.colour_names import Colour
from tongguan.core.health.grounds import HealthReason
from tongguan.core.identifiers import AuthorityId
from tongguan.core.texts import Text


@dataclass(frozen=True, kw_only=True, slots=True)
class ColourRule:
    """One ground for a colour other than green, with where it is published."""

    reason: HealthReason
    colour: Colour
    days: int | None
    """It holds on the day of the fact and on this many days from it, that day counted; ``None``
    for a fact that holds as long as it is declared."""
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ColourRules:
    """One authority's rules in one version: no ground that is not in them changes a colour."""

    id: str
    authority: AuthorityId
    zone: str
    rules: tuple[ColourRule, ...]
    schemes_without_effect: frozenset[str]
    """Travel schemes whose arrivals leave the colour green."""
    assumed: Text | None
    """Why the rules are assumed, or ``None`` when the authority published them."""


_LOOK_BACK = "http://meetinghk.com/archives/116588"
_RED_GROUNDS = "http://mmm.3hk.cn/article/121500.html"
_ALIGNED = "http://en.people.cn/n3/2021/1203/c90000-9927843.html"

_ASSUMED_RULES = Text(
    zh_hant="廣東的紅黃綠碼規則未見公布；報道只稱港康碼的標準與粵康碼一致，故假設與香港的相同。",
    zh_hans="广东的红黄绿码规则未见公布；报道只称港康码的标准与粤康码一致，故假设与香港的相同。",
    en=(
        "Guangdong's colour rules were not found in print. Reports say only that Hong Kong's are "
        "aligned with them, so the same rules are assumed."
    ),
)


def _red(reason: HealthReason, days: int | None, source: str) -> ColourRule:
    return ColourRule(reason=reason, colour=Colour.RED, days=days, source=source)


def _amber(reason: HealthReason, days: int, source: str) -> ColourRule:
    return ColourRule(reason=reason, colour=Colour.AMBER, days=days, source=source)


HONG_KONG = ColourRules(
    id="hk-2021-12",
    authority=AuthorityId("HK"),
    zone="Asia/Hong_Kong",
    rules=(
        _red(HealthReason.CONFIRMED, None, _LOOK_BACK),
        _red(HealthReason.SUSPECTED, None, _LOOK_BACK),
        _red(HealthReason.CLOSE_CONTACT, None, _LOOK_BACK),
        _red(HealthReason.HOUSEHOLD_OF_CLOSE_CONTACT, None, _LOOK_BACK),
        _red(HealthReason.DISCHARGED_RECENTLY, 14, _LOOK_BACK),
        _red(HealthReason.UNDER_QUARANTINE, None, _RED_GROUNDS),
        _red(HealthReason.SYMPTOMS, 14, _RED_GROUNDS),
        _amber(HealthReason.HIGH_RISK_STAY, 21, _LOOK_BACK),
        _amber(HealthReason.ARRIVED_FROM_OUTSIDE, 21, _LOOK_BACK),
    ),
    schemes_without_effect=frozenset({"return2hk", "come2hk"}),
    assumed=None,
)

GUANGDONG = ColourRules(
    id="gd-2021-12-assumed",
    authority=AuthorityId("GD"),
    zone="Asia/Shanghai",
    rules=tuple(
        ColourRule(reason=rule.reason, colour=rule.colour, days=rule.days, source=_ALIGNED)
        for rule in HONG_KONG.rules
    ),
    schemes_without_effect=frozenset({"hk-gd-2021"}),
    assumed=_ASSUMED_RULES,
)

RULES: Mapping[AuthorityId, ColourRules] = MappingProxyType(
    {rules.authority: rules for rules in (HONG_KONG, GUANGDONG)}
)
"""The rules in force of each authority that issues health codes."""
