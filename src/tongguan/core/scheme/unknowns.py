"""What nobody has stated, and what it blocks: unknown is never unlimited, and never a ground.

A phase is blocked by what its engine cannot run without. What is merely good to know is shown as
not stated, and then no one may be refused for it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from tongguan.core.identifiers import PhaseId
from tongguan.core.scheme.model import Entry, Phase, Quota, QuotaPer, Version
from tongguan.core.texts import Text

VERSION: Final = "version"
"""In ``blocks``: no phase of the version may be activated."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Unknown:
    """One thing that nobody has stated."""

    path: str
    """Where it would stand, such as ``phases/pilot/quotas/all-day/limit``; a stable name."""
    what: Text
    blocks: str | None
    """``version``, the id of the phase that it blocks, or ``None``."""


def unknowns(version: Version) -> tuple[Unknown, ...]:
    """Everything that the version leaves open, in the order of the text."""
    found = [*_of_version(version)]
    for phase in version.phases:
        found.extend(_of_phase(version, phase))
    return tuple(found)


def blocking(version: Version, phase_id: PhaseId) -> tuple[Unknown, ...]:
    """The unknowns for which the phase may not be activated."""
    return tuple(each for each in unknowns(version) if each.blocks in (VERSION, phase_id))


def _text(zh_hant: str, zh_hans: str, en: str) -> Text:
    return Text(zh_hant=zh_hant, zh_hans=zh_hans, en=en)


_WEEK = _text("一周由哪一日開始", "一周由哪一日开始", "the day on which a week starts")
_BOOKING_AUTHORITY = _text(
    "由哪一方受理申請和管理名額",
    "由哪一方受理申请和管理名额",
    "which party takes applications and keeps the ledger of places",
)
_DATA: Final = {
    "legal_basis": _text(
        "計劃的法律依據", "计划的法律依据", "the law that the scheme's data rests on"
    ),
    "controller": _text("誰對個人資料負責", "谁对个人信息负责", "who answers for personal data"),
    "purpose": _text("個人資料的用途", "个人信息的用途", "what personal data may be used for"),
    "retention_days": _text(
        "個人資料保存多久", "个人信息保存多久", "how long personal data is kept"
    ),
    "ends": _text("資料何時全部銷毀", "数据何时全部销毁", "when all data is destroyed"),
}
_PHASE: Final = {
    "not_before": (False, _text("最早何時開始", "最早何时开始", "how early it may begin")),
    "ends": (False, _text("何時結束", "何时结束", "when it ends")),
    "entry": (True, _text("在哪裏過關", "在哪里过关", "where to cross")),
    "participation": (True, _text("誰可參加", "谁可参加", "who takes part")),
    "area": (True, _text("活動範圍", "活动范围", "where one may move about")),
    "categories": (True, _text("哪些類別的人", "哪些类别的人", "which categories of people")),
    "quotas": (True, _text("任何名額數目", "任何名额数目", "any number of places")),
    "directions": (
        True,
        _text(
            "方向、開放日子和時段", "方向、开放日子和时段", "the ways across, their days and slots"
        ),
    ),
    "health": (True, _text("健康要求", "健康要求", "what is asked of health")),
    "credentials": (
        True,
        _text(
            "關口所持名單最舊可到何時",
            "关口所持名单最旧可到何时",
            "how old a gate's lists may be",
        ),
    ),
}
_CONTROL_POINTS = _text("在哪些管制站過關", "在哪些口岸过关", "which control points to cross at")
_HOURS = _text("旅客開放時間", "旅客开放时间", "passenger hours")
_DOCUMENTS = _text("憑哪些證件申請", "凭哪些证件申请", "which documents one may apply with")
_CATEGORY: Final = {
    "precedence": (False, _text("先後次序", "先后次序", "its precedence")),
    "allocation": (True, _text("名額如何分配", "名额如何分配", "how places are given out")),
    "evidence": (True, _text("要求甚麼證明", "要求什么证明", "what evidence is asked for")),
    "assurance": (
        True,
        _text("身份須核實到哪一級", "身份须核实到哪一级", "how sure the identity must be"),
    ),
}
_QUOTA_KIND = _text("是上限還是預留", "是上限还是预留", "whether it is a cap or a reserve")
_QUOTA_LIMIT = {
    QuotaPer.DAY: _text("每日多少人", "每日多少人", "how many persons a day"),
    QuotaPer.WEEK: _text("每周多少人", "每周多少人", "how many persons a week"),
}
_ORDER_OF_USE = _text(
    "預留給誰的人先用預留還是先用其餘名額",
    "预留给谁的人先用预留还是先用其余名额",
    "whether those for whom places are kept take these first or the open ones",
)
_PARTIAL_WEEKS = _text(
    "不足一周時是否仍給整周名額",
    "不足一周时是否仍给整周名额",
    "whether a week cut short has the whole week's places",
)
_HOLDERS = _text(
    "前一版本之下已有名額或獲批的人如何處理",
    "前一版本之下已有名额或获批的人如何处理",
    "what happens to those who hold places or grants under the text before",
)
_COUNTS: Final = {
    "direction": _text("計算哪個方向", "计算哪个方向", "which direction it counts"),
    "category": _text("計算哪個類別", "计算哪个类别", "which category it counts"),
    "control_point": _text("計算哪個管制站", "计算哪个口岸", "which control point it counts"),
    "slot": _text("計算哪個時段", "计算哪个时段", "which slot it counts"),
    "sponsor": _text("計算哪個保薦機構", "计算哪个保荐机构", "which sponsor it counts"),
    "person": _text("是否按每人計算", "是否按每人计算", "whether it counts each person"),
}
_DIRECTION: Final = {
    "weekdays": _text("哪些日子有名額", "哪些日子有名额", "on which days there are places"),
    "slots": _text("哪些時段有名額", "哪些时段有名额", "in which slots there are places"),
    "booking": _text("何時和如何預約", "何时和如何预约", "when and how places may be taken"),
}
_HEALTH: Final = {
    "codes": _text("用哪一方的健康碼", "用哪一方的健康码", "whose health codes are asked for"),
    "care": _text(
        "沒有綠碼而有權入境的人轉到哪裏",
        "没有绿码而有权入境的人转到哪里",
        "where people are sent who have a right to enter and no green code",
    ),
}
_RETURN: Final = {
    "place_required": _text(
        "是否須一併預約回程", "是否须一并预约返程", "whether the way home must be booked too"
    ),
    "stay_days_max": _text("最長逗留多久", "最长停留多久", "the longest stay"),
    "same_control_point": _text(
        "是否須由同一管制站返回",
        "是否须由同一口岸返回",
        "whether one must come home by the same control point",
    ),
}
_RIGHT = _text(
    "持哪些證件的人入境不會被拒",
    "持哪些证件的人入境不会被拒",
    "holders of which documents are never denied entry",
)


def _of_version(version: Version) -> Iterator[Unknown]:
    # Even without a weekly quota: the ledger of places is kept week by week.
    if version.week_starts_on is None:
        yield Unknown(path="week/starts_on", what=_WEEK, blocks=VERSION)
    if version.booking_authority is None:
        yield Unknown(path="booking_authority/party", what=_BOOKING_AUTHORITY, blocks=VERSION)
    for name in _missing(version.data, _DATA):
        yield Unknown(path=f"data/{name}", what=_DATA[name], blocks=VERSION)


def _missing(holder: object, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        if getattr(holder, name) in (None, ()):
            yield name


def _of_phase(version: Version, phase: Phase) -> Iterator[Unknown]:
    for name in _missing(phase, _PHASE):
        blocks, what = _PHASE[name]
        yield _unknown(phase, name, what, blocks=blocks)
    if phase.entry is not None:
        yield from _of_entry(phase, phase.entry)
    if phase.participation is not None and phase.participation.document_types is None:
        yield _unknown(phase, "participation/document_types", _DOCUMENTS)
    yield from _of_categories(phase)
    yield from _of_quotas(phase)
    yield from _of_directions(phase)
    yield from _of_health(phase)
    for name in _RETURN:
        if phase.return_ is None or getattr(phase.return_, name) is None:
            yield _unknown(phase, f"return/{name}", _RETURN[name], blocks=False)
    if version.follows is not None and phase.holders is None:
        yield _unknown(phase, "holders", _HOLDERS)
    stated = {right.party for right in phase.rights_of_entry}
    for party in version.parties:
        if party.id not in stated:
            yield _unknown(phase, f"rights_of_entry/{party.id}", _RIGHT, of=party.name)


def _of_entry(phase: Phase, entry: Entry) -> Iterator[Unknown]:
    if entry.control_points is None:
        yield _unknown(phase, "entry/control_points", _CONTROL_POINTS)
    for point in entry.control_points or ():
        for name in _missing(point, ("opens", "closes")):
            path = f"entry/control_points/{point.id}/{name}"
            of = next(iter(point.names.values()))
            yield _unknown(phase, path, _HOURS, of=of, blocks=False)


def _of_categories(phase: Phase) -> Iterator[Unknown]:
    for category in phase.categories:
        for name, (blocks, what) in _CATEGORY.items():
            # An empty list of evidence is a statement: nothing is asked for.
            if getattr(category, name) is None:
                path = f"categories/{category.id}/{name}"
                yield _unknown(phase, path, what, of=category.name, blocks=blocks)


def _of_quotas(phase: Phase) -> Iterator[Unknown]:
    for quota in phase.quotas:
        path = f"quotas/{quota.id}"
        if quota.kind is None:
            yield _unknown(phase, f"{path}/kind", _QUOTA_KIND, of=quota.name)
        if quota.limit is None:
            yield _unknown(phase, f"{path}/limit", _QUOTA_LIMIT[quota.per], of=quota.name)
        for exception in quota.limits:
            if exception.limit is None:
                place = f"{path}/limits/{exception.id}/limit"
                yield _unknown(phase, place, _QUOTA_LIMIT[quota.per], of=quota.name)
        if quota.reserve is not None and quota.reserve.order_of_use is None:
            place = f"{path}/reserve/order_of_use"
            yield _unknown(phase, place, _ORDER_OF_USE, of=quota.name)
        for dimension, value in quota.counts.items():
            if value is None:
                what = _COUNTS[dimension]
                yield _unknown(phase, f"{path}/counts/{dimension}", what, of=quota.name)
        if _may_be_cut_short(quota):
            place = f"{path}/partial_weeks"
            yield _unknown(phase, place, _PARTIAL_WEEKS, of=quota.name, blocks=False)


def _may_be_cut_short(quota: Quota) -> bool:
    """Whether a part of a week could have fewer places and nobody says; a person's could not."""
    weekly = quota.per is QuotaPer.WEEK and "person" not in quota.counts
    return weekly and quota.limit is not None and quota.partial_weeks is None


def _of_directions(phase: Phase) -> Iterator[Unknown]:
    for direction in phase.directions:
        name = _text(direction.id, direction.id, direction.id)
        for key in _missing(direction, _DIRECTION):
            yield _unknown(phase, f"directions/{direction.id}/{key}", _DIRECTION[key], of=name)


def _of_health(phase: Phase) -> Iterator[Unknown]:
    if phase.health is None:
        return
    if not phase.health.codes_stated:
        yield _unknown(phase, "health/codes", _HEALTH["codes"])
    if phase.health.care is None:
        yield _unknown(phase, "health/care", _HEALTH["care"])


def _unknown(
    phase: Phase, path: str, what: Text, *, of: Text | None = None, blocks: bool = True
) -> Unknown:
    """An unknown of a phase, named after the phase and the thing it is about."""
    owners = (phase.name,) if of is None else (phase.name, of)
    return Unknown(
        path=f"phases/{phase.id}/{path}",
        what=Text(
            zh_hant="·".join(owner.zh_hant for owner in owners) + "：" + what.zh_hant,
            zh_hans="·".join(owner.zh_hans for owner in owners) + "：" + what.zh_hans,
            en=", ".join(owner.en for owner in owners) + ": " + what.en,
        ),
        blocks=phase.id if blocks else None,
    )
