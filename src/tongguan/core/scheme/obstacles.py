"""What can stand against the activation of a phase: each kind of obstacle, with its words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from tongguan.core.calendar import local_day
from tongguan.core.identifiers import AuthorityId, PhaseId, VersionDigest, VersionId
from tongguan.core.scheme.acts import Act, ActKind
from tongguan.core.scheme.model import Phase, Version
from tongguan.core.scheme.state import PhaseState, end_of_service, open_suspensions
from tongguan.core.scheme.unknowns import blocking
from tongguan.core.texts import Text


class ObstacleCode(StrEnum):
    """Why a phase may not be activated, in alphabetical order; codes are never renamed."""

    ALREADY_ACTIVATED = "already_activated"
    OTHER_PHASE_HOLDS = "other_phase_holds"
    PHASE_OVER = "phase_over"
    PHASE_UNKNOWN = "phase_unknown"
    SIGNATURE_MISSING = "signature_missing"
    SIGNATURE_OF_OTHER_TEXT = "signature_of_other_text"
    SUSPENDED = "suspended"
    TOO_EARLY = "too_early"
    UNKNOWN_BLOCKS = "unknown_blocks"


@dataclass(frozen=True, kw_only=True, slots=True)
class Obstacle:
    """One thing that stands against it."""

    code: ObstacleCode
    what: Text
    path: str = ""
    """The unknown or the phase that it is about."""
    authority: AuthorityId | None = None
    """The party whose signature or suspension it is about."""
    digest: VersionDigest | None = None
    """The other text that the party has signed."""


def obstacles_to(
    version: Version,
    digest: VersionDigest,
    acts: Sequence[Act],
    phase: Phase,
    at: datetime,
) -> tuple[Obstacle, ...]:
    """Everything that stands against a phase in its own text and signatures, at an instant."""
    today = local_day(at, version.zone)
    return (
        *_signature_obstacles(version, digest, acts),
        *_unknown_obstacles(version, phase),
        *date_obstacles(version, phase, today, at),
    )


def _signature_obstacles(
    version: Version, digest: VersionDigest, acts: Sequence[Act]
) -> tuple[Obstacle, ...]:
    obstacles: list[Obstacle] = []
    for party in version.parties:
        signed = [a for a in acts if a.kind is ActKind.SIGN_VERSION and a.authority == party.id]
        if any(act.digest == digest for act in signed):
            continue
        other = next((act.digest for act in signed if act.version == version.id), None)
        if other is not None:
            code = ObstacleCode.SIGNATURE_OF_OTHER_TEXT
            what = _text(
                f"{party.name.zh_hant}簽署的是另一份文本（{other[:12]}…）",
                f"{party.name.zh_hans}签署的是另一份文本（{other[:12]}…）",
                f"{party.name.en} has signed another text ({other[:12]}…)",
            )
        else:
            code = ObstacleCode.SIGNATURE_MISSING
            what = _text(
                f"{party.name.zh_hant}尚未簽署",
                f"{party.name.zh_hans}尚未签署",
                f"{party.name.en} has not signed",
            )
        obstacles.append(Obstacle(code=code, what=what, authority=party.id, digest=other))
    return tuple(obstacles)


def _unknown_obstacles(version: Version, phase: Phase) -> tuple[Obstacle, ...]:
    return tuple(
        Obstacle(
            code=ObstacleCode.UNKNOWN_BLOCKS,
            what=_text(
                f"沒有人說明：{unknown.what.zh_hant}",
                f"没有人说明：{unknown.what.zh_hans}",
                f"not stated: {unknown.what.en}",
            ),
            path=unknown.path,
        )
        for unknown in blocking(version, phase.id)
    )


def date_obstacles(
    version: Version, phase: Phase, today: date, at: datetime
) -> tuple[Obstacle, ...]:
    """The days of the phase have not come yet, or are over."""
    obstacles: list[Obstacle] = []
    first = phase.not_before.first if phase.not_before is not None else None
    if first is not None and today < first:
        what = _text(
            f"不可早於{first}開始，今日是{today}",
            f"不可早于{first}开始，今日是{today}",
            f"it may not begin before {first}; today is {today}",
        )
        path = f"phases/{phase.id}/not_before"
        obstacles.append(Obstacle(code=ObstacleCode.TOO_EARLY, what=what, path=path))
    if phase.ends is not None and at >= end_of_service(version, phase, phase.ends):
        what = _text(
            f"此階段已於{phase.ends}結束",
            f"本阶段已于{phase.ends}结束",
            f"the phase was over on {phase.ends}",
        )
        path = f"phases/{phase.id}/ends"
        obstacles.append(Obstacle(code=ObstacleCode.PHASE_OVER, what=what, path=path))
    if version.data.ends is not None and today > version.data.ends:
        what = _text(
            f"個人資料只可保存至{version.data.ends}",
            f"个人数据只可保存至{version.data.ends}",
            f"personal data may be kept until {version.data.ends} only",
        )
        obstacles.append(Obstacle(code=ObstacleCode.PHASE_OVER, what=what, path="data/ends"))
    return tuple(obstacles)


def end_obstacles(
    version: Version, acts: Sequence[Act], phase: Phase, at: datetime
) -> tuple[Obstacle, ...]:
    """Ends that were signed on the phase and have come: it would be over as soon as it began."""
    return tuple(
        Obstacle(
            code=ObstacleCode.PHASE_OVER,
            what=_text(
                f"{act.authority}已簽署令此階段於{act.last_day}結束",
                f"{act.authority}已签署令本阶段于{act.last_day}结束",
                f"{act.authority} has signed that the phase ends on {act.last_day}",
            ),
            path=f"phases/{phase.id}",
        )
        for act in acts
        if act.kind is ActKind.END_PHASE and act.last_day is not None
        if max(act.at, end_of_service(version, phase, act.last_day)) <= at
    )


def suspension_obstacles(acts: Sequence[Act], phase: Phase, at: datetime) -> tuple[Obstacle, ...]:
    """Whoever has announced that the whole phase is to stand still does not want it to begin."""
    whole = [each.authority for each in open_suspensions(acts, at) if each.is_whole]
    return tuple(
        Obstacle(
            code=ObstacleCode.SUSPENDED,
            what=_text(
                f"{authority}已暫停此階段",
                f"{authority}已暂停本阶段",
                f"{authority} has suspended this phase",
            ),
            path=f"phases/{phase.id}",
            authority=authority,
        )
        for authority in dict.fromkeys(whole)
    )


def other_phase_obstacle(version: VersionId, phase_id: PhaseId) -> Obstacle:
    """Two phases of a scheme never hold at once, be they of one text or of two."""
    what = _text(
        f"版本{version}的階段「{phase_id}」仍然有效，須先結束",
        f"版本{version}的阶段“{phase_id}”仍然有效，须先结束",
        f"the phase “{phase_id}” of {version} still holds and must be ended first",
    )
    return Obstacle(code=ObstacleCode.OTHER_PHASE_HOLDS, what=what, path=f"phases/{phase_id}")


def unknown_phase_obstacle(phase_id: PhaseId) -> Obstacle:
    """The version has no phase of this name."""
    what = _text(
        f"此版本沒有階段「{phase_id}」",
        f"本版本没有阶段“{phase_id}”",
        f"this version has no phase “{phase_id}”",
    )
    return Obstacle(code=ObstacleCode.PHASE_UNKNOWN, what=what, path="phases")


def already_obstacle(phase: Phase, state: PhaseState) -> Obstacle:
    """The phase was activated before; a phase is activated once."""
    what = {
        PhaseState.ACTIVE: _text("此階段已經啟動", "本阶段已经启动", "the phase is active already"),
        PhaseState.SUSPENDED: _text(
            "此階段已啟動，現時暫停",
            "本阶段已启动，现时暂停",
            "the phase was activated and is suspended",
        ),
    }.get(
        state,
        _text(
            "此階段已經結束，不可再啟動",
            "本阶段已经结束，不可再启动",
            "the phase has ended for good",
        ),
    )
    return Obstacle(code=ObstacleCode.ALREADY_ACTIVATED, what=what, path=f"phases/{phase.id}")


def _text(zh_hant: str, zh_hans: str, en: str) -> Text:
    return Text(zh_hant=zh_hant, zh_hans=zh_hans, en=en)
