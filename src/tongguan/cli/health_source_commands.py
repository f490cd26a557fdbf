"""``tongguan health source``: who may vouch for evidence by signature, an act at the console."""

import getpass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import typer

from tongguan.adapters.source_keys import SourceKeyError, read_public_key
from tongguan.adapters.words import words
from tongguan.app.authorities import Authority
from tongguan.app.evidence.sources import (
    EnrolmentFault,
    EnrolmentRefusedError,
    SourceToEnrol,
    enrol_source,
    sources,
    withdraw_source,
)
from tongguan.app.evidence.taking_back import SinceAheadError, TakenBack, take_back
from tongguan.cli.console import answers, print_json
from tongguan.cli.deployments import authority_at
from tongguan.cli.health_commands import health
from tongguan.cli.options import (
    AuthorityOption,
    DataOption,
    JsonOption,
    authority_named,
    day_named,
    help_of,
    instant_named,
)
from tongguan.cli.problems import SendersFaultError, clipped, faulty
from tongguan.cli.reading import read_bytes, shown_path
from tongguan.cli.speech import say, spoken_language
from tongguan.core.calendar import instant_of, local_day
from tongguan.core.evidence.sources import EvidenceSource, SourceKind, Unsound
from tongguan.core.identifiers import EvidenceSourceId

source = typer.Typer(help=say("health.source.help"), no_args_is_help=True, rich_markup_mode=None)
health.add_typer(source, name="source")
_DATA: Final = Path(".data")
_KEY_BYTES_MAX: Final = 10_000

SourceArgument = Annotated[str, typer.Argument(metavar="ID", help=help_of("evidence_source"))]


@source.command("enrol", help=say("health.source.enrol.help"))
def enrol(
    source_id: SourceArgument,
    *,
    authority: AuthorityOption,
    kind: Annotated[
        SourceKind,
        typer.Option("--kind", help=help_of("evidence_source_kind"), show_default=False),
    ],
    public: Annotated[
        Path,
        typer.Option(
            "--public", metavar="FILE", help=help_of("evidence_public"), show_default=False
        ),
    ],
    name: Annotated[
        str,
        typer.Option("--name", metavar="NAME", help=help_of("evidence_name"), show_default=False),
    ],
    unit: Annotated[
        str | None,
        typer.Option("--unit", metavar="UNIT", help=help_of("evidence_unit"), show_default=False),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="DAY", help=help_of("evidence_until"), show_default=False),
    ] = None,
    data: DataOption = _DATA,
) -> None:
    """Enrol a source with its public key; the same again changes nothing."""
    try:
        key = read_public_key(read_bytes(public, size_bytes_max=_KEY_BYTES_MAX))
    except SourceKeyError:
        raise _refused(shown_path(public), EnrolmentFault.KEY_UNFIT) from None
    with authority_at(data, authority_named(authority)) as opened:
        zone = _zone(opened.authority)
        last_day = None if until is None else day_named(until, "--until")
        ends = None if last_day is None else instant_of(last_day + timedelta(days=1), time(0), zone)
        to_enrol = SourceToEnrol(
            id=source_id, kind=kind, name=name, public=key, not_after=ends, unit=unit
        )
        try:
            enrolled = enrol_source(opened.authority, to_enrol, by=_operator())
        except EnrolmentRefusedError as refused:
            raise _refused(clipped(source_id, 60), refused.code) from None
    answers().print(
        say("health.source.enrol.done", source=enrolled.id, until=_day(enrolled.not_after, zone))
    )


@source.command("list", help=say("health.source.list.help"))
def show(authority: AuthorityOption, data: DataOption = _DATA, as_json: JsonOption = False) -> None:
    """Show every source, withdrawn ones too."""
    with authority_at(data, authority_named(authority)) as opened:
        found, zone = sources(opened.authority), _zone(opened.authority)
    if as_json:
        print_json([_as_data(each) for each in found])
        return
    for each in found:
        key = "withdrawn" if each.withdrawn_at is not None else "line"
        answers().print(
            say(
                f"health.source.list.{key}",
                source=each.id,
                kind=words(f"evidence.source_kinds.{each.kind.value}", spoken_language()),
                name=each.name,
                unit=each.unit or "–",
                until=_day(each.not_after, zone),
            )
        )
    if not found:
        answers().print(say("health.source.list.none"))


@source.command("withdraw", help=say("health.source.withdraw.help"))
def withdraw(
    source_id: SourceArgument,
    *,
    authority: AuthorityOption,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="TIME", help=help_of("evidence_since")),
    ] = None,
    reason: Annotated[
        Unsound | None,
        typer.Option("--reason", help=help_of("evidence_unsound"), show_default=False),
    ] = None,
    data: DataOption = _DATA,
) -> None:
    """Take nothing from a source any more; since a time, nothing of what it said stands."""
    if (since is None) is not (reason is None):
        raise faulty("--since", "since_and_reason")
    first = None if since is None else instant_named(since, "--since")
    with authority_at(data, authority_named(authority)) as opened:
        if first is None or reason is None:
            done = withdraw_source(opened.authority, EvidenceSourceId(source_id), by=_operator())
            answer = None
        else:
            answer = _taken_back(opened.authority, source_id, first, reason)
            done = answer is not None
        zone = _zone(opened.authority)
    if not done:
        raise faulty(clipped(source_id, 60), "evidence_source_unknown")
    answers().print(say("health.source.withdraw.done", source=source_id))
    if answer is not None:
        _say_taken_back(answer, zone)


def _taken_back(
    authority: Authority, source_id: str, since: datetime, because: Unsound
) -> TakenBack | None:
    _zone(authority)
    try:
        return take_back(
            authority, EvidenceSourceId(source_id), since=since, because=because, by=_operator()
        )
    except SinceAheadError:
        raise faulty("--since", "since_ahead") from None


def _say_taken_back(answer: TakenBack, zone: str) -> None:
    answers().print(
        say(
            "health.source.withdraw.taken_back",
            since=answer.since.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds"),
            evidence=answer.taken,
            held=answer.held,
            persons=answer.persons,
            places=answer.places,
        )
    )
    if answer.own_withdrawals:
        number = answer.own_withdrawals
        answers().print(say("health.source.withdraw.own_withdrawals", number=number))
    if answer.withheld:
        answers().print(say("health.source.withdraw.withheld", withheld=answer.withheld))


def _as_data(each: EvidenceSource) -> dict[str, object]:
    return {
        "id": each.id,
        "kind": each.kind.value,
        "name": each.name,
        "unit": each.unit,
        "not_before": each.not_before.isoformat(),
        "not_after": each.not_after.isoformat(),
        "enrolled_at": each.enrolled_at.isoformat(),
        "withdrawn_at": None if each.withdrawn_at is None else each.withdrawn_at.isoformat(),
        "unsound_since": None if each.unsound_since is None else each.unsound_since.isoformat(),
        "unsound_because": each.unsound_because,
    }


def _refused(place: str, code: EnrolmentFault) -> SendersFaultError:
    return SendersFaultError(place, words(f"evidence.enrolment.{code.value}", spoken_language()))


def _day(ends: datetime, zone: str) -> str:
    """The last day on which a key counts, as its end is excluded."""
    return local_day(ends - timedelta(seconds=1), zone).isoformat()


def _zone(authority: Authority) -> str:
    """Of the authority's days; the sender's fault where it runs no health code."""
    if authority.health_rules is None:
        raise faulty(authority.id, "no_health_rules")
    return authority.health_rules.colours.zone


def _operator() -> str:
    return f"cli {getpass.getuser()}"
