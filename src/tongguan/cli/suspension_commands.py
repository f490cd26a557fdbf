"""``tongguan scheme suspend``, ``resume`` and ``suspensions``: orders, their age, who was told."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import typer

from tongguan.adapters.scheme_files import LoadedScheme
from tongguan.app.acts import (
    OrderRefusedError,
    SuspensionOrder,
    end_phase,
    resume_phase,
    suspend_phase,
)
from tongguan.app.schemes import holding_now
from tongguan.app.suspensions import SuspensionRecord, suspension_record
from tongguan.cli.console import answers, print_json
from tongguan.cli.deployments import OpenedAuthority, authority_at
from tongguan.cli.options import (
    AuthorityOption,
    DataOption,
    JsonOption,
    authority_named,
    day_named,
    help_of,
)
from tongguan.cli.problems import faulty
from tongguan.cli.scheme_acts import PhaseOption
from tongguan.cli.scheme_commands import SchemeArgument, scheme
from tongguan.cli.speech import say
from tongguan.cli.suspension_words import suspension_as_data, suspension_in_words
from tongguan.cli.version_acts import act_on_version
from tongguan.core.identifiers import ControlPointId, DirectionId
from tongguan.core.scheme.acts import SignedAct
from tongguan.core.scheme.model import Phase
from tongguan.core.scheme.suspensions import suspension_of
from tongguan.core.texts import Text

_DATA: Final = Path(".data")


def _instant_option(name: str, help_key: str) -> object:
    return typer.Option(name, metavar="INSTANT", help=help_of(help_key), show_default=False)


@scheme.command("suspend", help=say("scheme.suspend.help"))
def suspend(
    *,
    name: SchemeArgument,
    authority: AuthorityOption,
    why: Annotated[
        str | None, typer.Option("--why", metavar="TEXT", help=help_of("why"), show_default=False)
    ] = None,
    phase: PhaseOption = None,
    control_point: Annotated[
        list[str] | None,
        typer.Option(
            "--control-point", metavar="ID", help=help_of("suspended_point"), show_default=False
        ),
    ] = None,
    direction: Annotated[
        list[str] | None,
        typer.Option(
            "--direction", metavar="ID", help=help_of("suspended_direction"), show_default=False
        ),
    ] = None,
    begins: Annotated[str | None, _instant_option("--from", "suspended_from")] = None,
    until: Annotated[str | None, _instant_option("--until", "suspended_until")] = None,
    breaker: Annotated[
        str | None,
        typer.Option(
            "--breaker", metavar="ID", help=help_of("suspended_breaker"), show_default=False
        ),
    ] = None,
    data: DataOption = _DATA,
) -> None:
    """Suspend a phase or part of it, by one authority alone; the way home stays open."""

    def act(opened: OpenedAuthority, loaded: LoadedScheme, chosen: Phase) -> SignedAct:
        order = SuspensionOrder(
            why=_reason(chosen, why, breaker),
            control_points=tuple(ControlPointId(each) for each in control_point or ()) or None,
            directions=tuple(DirectionId(each) for each in direction or ()) or None,
            effective_at=_instant(begins, "--from", loaded.version.zone),
            until=_instant(until, "--until", loaded.version.zone),
            breaker=breaker,
        )
        try:
            return suspend_phase(opened.authority, loaded.digest, chosen.id, order)
        except OrderRefusedError as refused:
            raise faulty("scheme suspend", f"order.{refused}") from None

    loaded, signed = act_on_version(
        "scheme.suspend.done", name=name, authority=authority, phase=phase, data=data, act=act
    )
    ordered = suspension_of(signed.act)
    answers().print(suspension_in_words(ordered, signed.act.at, loaded.version.zone))


@scheme.command("resume", help=say("scheme.resume.help"))
def resume(
    name: SchemeArgument,
    authority: AuthorityOption,
    phase: PhaseOption = None,
    order: Annotated[
        str | None,
        typer.Option("--order", metavar="DIGEST", help=help_of("lifted"), show_default=False),
    ] = None,
    data: DataOption = _DATA,
) -> None:
    """Lift this authority's own suspensions, all or one; the other's stay."""

    def act(opened: OpenedAuthority, loaded: LoadedScheme, chosen: Phase) -> SignedAct:
        try:
            return resume_phase(opened.authority, loaded.digest, chosen.id, lifts=order)
        except OrderRefusedError as refused:
            raise faulty("--order", f"order.{refused}") from None

    act_on_version(
        "scheme.resume.done", name=name, authority=authority, phase=phase, data=data, act=act
    )


@scheme.command("end", help=say("scheme.end.help"))
def end(
    *,
    name: SchemeArgument,
    authority: AuthorityOption,
    last_day: Annotated[str, typer.Option("--last-day", metavar="DAY", help=help_of("last_day"))],
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help=help_of("why"))],
    phase: PhaseOption = None,
    data: DataOption = _DATA,
) -> None:
    """End a phase after a service day, for good; who set out comes home all the same."""
    day = day_named(last_day, "--last-day")

    def act(opened: OpenedAuthority, loaded: LoadedScheme, chosen: Phase) -> SignedAct:
        reason = Text(zh_hant=why, zh_hans=why, en=why)
        return end_phase(opened.authority, loaded.digest, chosen.id, day, reason)

    act_on_version(
        "scheme.end.done", name=name, authority=authority, phase=phase, data=data, act=act
    )


@scheme.command("suspensions", help=say("scheme.suspensions.help"))
def suspensions(
    authority: AuthorityOption, data: DataOption = _DATA, as_json: JsonOption = False
) -> None:
    """Show the suspensions of the phase that holds: their age, whom they stop, who was told."""
    with authority_at(data, authority_named(authority)) as opened:
        records = suspension_record(opened.authority)
        now = opened.clock.now().astimezone(UTC)
        holding = holding_now(opened.authority)
    if as_json:
        print_json([_record_as_data(each, now) for each in records])
        return
    for each in records:
        _print_record(each, now, "UTC" if holding is None else holding.version.zone)
    if not records:
        answers().print(say("scheme.suspensions.none"))


def _reason(phase: Phase, why: str | None, breaker: str | None) -> Text:
    """The reason given; for an order by a breaker's words, its name is one."""
    if why is not None:
        return Text(zh_hant=why, zh_hans=why, en=why)
    named = [each.name for each in phase.breakers if each.id == breaker]
    if not named:
        raise faulty("--why", "no_reason")
    return named[0]


def _instant(text: str | None, place: str, zone: str) -> datetime | None:
    """An instant in ISO 8601; without a zone of its own it is in the scheme's."""
    if text is None:
        return None
    try:
        instant = datetime.fromisoformat(text)
        local = instant if instant.tzinfo is not None else instant.replace(tzinfo=ZoneInfo(zone))
        return local.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        raise faulty(place, "no_instant") from None


def _print_record(record: SuspensionRecord, now: datetime, zone: str) -> None:
    answers().print(suspension_in_words(record.suspension, now, zone))
    if record.over_at is not None:
        over_at = record.over_at.astimezone(ZoneInfo(zone)).isoformat(timespec="minutes")
        answers().print(say("scheme.suspensions.over", at=over_at))
    for touch, count in record.counts().items():
        answers().print(say(f"scheme.suspensions.touches.{touch.value}", count=count))
    answers().print(say("scheme.suspensions.told", count=len(record.told)))
    answers().print(say("scheme.suspensions.order", order=record.suspension.order))


def _record_as_data(record: SuspensionRecord, now: datetime) -> dict[str, object]:
    suspension = record.suspension
    return {
        **suspension_as_data(suspension, now),
        "over_at": None if record.over_at is None else record.over_at.isoformat(),
        "in_effect": suspension.is_in_effect(now) and record.over_at is None,
        "places": {touch.value: count for touch, count in record.counts().items()},
        "told": len(record.told),
        "told_of_the_end": len(record.told_of_the_end),
    }
