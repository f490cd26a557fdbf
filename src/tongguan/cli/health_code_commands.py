"""``tongguan health code``: codes issued, read and explained at an authority's console."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import typer

from tongguan.adapters.words import texts, words
from tongguan.app.applications import RequestIdReusedError
from tongguan.app.authorities import Authority
from tongguan.app.evidence.consequences import NoHealthRulesError
from tongguan.app.evidence.shown import evidence_shown
from tongguan.app.health.code_looks import CodeLook, look_at_code
from tongguan.app.health.codes import (
    HealthAnswer,
    HealthRefused,
    HealthRequest,
    RegistrationClosedError,
    declare_health,
    explain,
)
from tongguan.app.registration.registrations import open_registration
from tongguan.app.registration.store import Registration
from tongguan.app.schemes import NothingHoldsError
from tongguan.cli.console import answers, print_json
from tongguan.cli.declaration_text import HandedIn, read_handed_in
from tongguan.cli.deployments import OpenedAuthority, authority_at
from tongguan.cli.health_commands import health, node_fault
from tongguan.cli.options import AuthorityOption, DataOption, JsonOption, authority_named, help_of
from tongguan.cli.problems import ExitCode, faulty
from tongguan.cli.reading import STANDARD_INPUT, read_bytes, read_text
from tongguan.cli.speech import say, spoken_language
from tongguan.core.calendar import local_day
from tongguan.core.credentials import container
from tongguan.core.credentials.faults import Unreadable
from tongguan.core.gate.nodes import NodeFault, NodeFaultError, parse_json
from tongguan.core.health.judgement import Finding, Judgement
from tongguan.core.texts import Language

code = typer.Typer(help=say("health.code.help"), no_args_is_help=True, rich_markup_mode=None)
health.add_typer(code, name="code")
_DATA: Final = Path(".data")
_BYTES_MAX: Final = 64 * 1024
_LINE: Final = "commands.health.code.explain.line"
_Answer = TypeVar("_Answer")

RegistrationOption = Annotated[
    str,
    typer.Option(
        "--registration", metavar="REF", help=help_of("code_registration"), show_default=False
    ),
]
SlipArgument = Annotated[
    Path, typer.Argument(metavar="[FILE]", help=help_of("code_slip"), show_default=False)
]


@code.command("issue", help=say("health.code.issue.help"))
def issue(
    file: SlipArgument = STANDARD_INPUT,
    *,
    registration: RegistrationOption,
    name: AuthorityOption,
    request_id: Annotated[
        str, typer.Option("--id", metavar="UUID", help=help_of("code_id"), show_default=False)
    ] = "",
    data: DataOption = _DATA,
    as_json: JsonOption = False,
) -> None:
    """Keep what is declared and print the code that follows; exit code 1 where there is none."""
    identifier = _uuid(request_id) if request_id else str(uuid4())
    with authority_at(data, authority_named(name)) as opened:
        handed_in, found = _registered(opened, registration, file, name)
        request = HealthRequest(
            id=identifier, registration=found.id, declaration=handed_in.declaration
        )
        try:
            answer = _asked(lambda: declare_health(opened.authority, request), name)
        except RequestIdReusedError:
            raise faulty("--id", "code_id_used") from None
    if isinstance(answer, HealthRefused):
        _print_refusal(answer, opened.authority, as_json=as_json)
        raise typer.Exit(ExitCode.REFUSED)
    _print_issued(answer, opened.authority, as_json=as_json)


@code.command("show", help=say("health.code.show.help"))
def show(
    shown: Annotated[str, typer.Argument(metavar="TEXT|FILE", help=help_of("code_shown"))],
    *,
    name: AuthorityOption,
    data: DataOption = _DATA,
    as_json: JsonOption = False,
) -> None:
    """Say what a code says and whether it counts here; exit code 1 where it does not."""
    text = shown if shown.startswith(container.PREFIX) else read_text(Path(shown)).strip()
    with authority_at(data, authority_named(name)) as opened:
        look, zone = look_at_code(opened.authority, text), _zone(opened.authority)
    if as_json:
        print_json(look_as_data(look, zone))
    elif isinstance(look, Unreadable):
        answers().print(say(f"health.code.show.faults.{look.code.value}"))
    else:
        _print_look(look, zone)
    if isinstance(look, Unreadable) or not look.counts:
        raise typer.Exit(ExitCode.REFUSED)


@code.command("explain", help=say("health.code.explain.help"))
def explain_(
    file: SlipArgument = STANDARD_INPUT,
    *,
    registration: RegistrationOption,
    name: AuthorityOption,
    data: DataOption = _DATA,
    as_json: JsonOption = False,
) -> None:
    """Print the colour that the person has now, with every finding, in three languages."""
    with authority_at(data, authority_named(name)) as opened:
        _, found = _registered(opened, registration, file, name)
        try:
            judgement = _asked(lambda: explain(opened.authority, found.id), name)
        except RegistrationClosedError:
            raise faulty("--registration", "no_registration") from None
        findings = findings_as_data(opened.authority, judgement)
        zone = _zone(opened.authority)
    if as_json:
        print_json({**_colour_as_data(judgement, zone), "findings": findings})
        return
    for language in Language:
        answers().print(_colour_in_words(judgement, zone, language), style="bold")
        _print_findings(findings, language)


def _registered(
    opened: OpenedAuthority, reference: str, file: Path, name: str
) -> tuple[HandedIn, Registration]:
    """What was handed in, and the open registration that its secret opens."""
    rules = opened.authority.health_rules
    if rules is None:
        raise faulty(name, "no_health_rules")
    data = parse_json(read_bytes(file, size_bytes_max=_BYTES_MAX), bytes_max=_BYTES_MAX)
    if isinstance(data, NodeFault):
        raise node_fault(file, data)
    try:
        handed_in = read_handed_in(data, today=local_day(opened.clock.now(), rules.colours.zone))
    except NodeFaultError as error:
        raise node_fault(file, error.fault) from None
    found = open_registration(opened.authority, reference, handed_in.secret)
    if found is None:
        raise faulty("--registration", "no_registration")
    return handed_in, found


def _asked(ask: Callable[[], _Answer], name: str) -> _Answer:
    try:
        return ask()
    except NoHealthRulesError:
        raise faulty(name, "no_health_rules") from None
    except NothingHoldsError:
        raise faulty(name, "nothing_holds") from None


def _uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise faulty("--id", "no_uuid") from None


def _print_refusal(refused: HealthRefused, authority: Authority, *, as_json: bool) -> None:
    if as_json:
        print_json({"refused": refused.code.value})
        return
    language, rules = spoken_language(), authority.health_rules
    level = (
        "" if rules is None else words(f"health_pages.assurance.{rules.assurance_min}", language)
    )
    answers().print(words(f"health_pages.refusals.{refused.code}", language, level=level))


def _print_issued(answer: HealthAnswer, authority: Authority, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                **_colour_as_data(answer.judgement, _zone(authority)),
                "issuer": authority.id,
                "replayed": answer.replayed,
                "text": answer.text,
            }
        )
        return
    language = spoken_language()
    answers().print(_colour_in_words(answer.judgement, _zone(authority), language))
    for reason in answer.judgement.reasons:
        answers().print(words(f"health.reasons.{reason}.title", language))
    sys.stdout.write(f"{answer.text}\n")


def look_as_data(look: CodeLook | Unreadable, zone: tzinfo) -> dict[str, Any]:
    """A code as JSON has it; of one that is not read the fault alone."""
    if isinstance(look, Unreadable):
        return {"readable": False, "fault": look.code.value}
    claims = look.claims
    return {
        "readable": True,
        "colour": claims.colour.value,
        "issuer": claims.issuer,
        "issued_at": _local(claims.issued_at, zone),
        "valid_until": _local(claims.valid_until, zone),
        "rule_version": claims.rule_version,
        "time": look.time.value,
        "status": look.status.value,
        "status_list": claims.status_list,
        "status_index": claims.status_index,
        "list_issued_at": _local(look.list_issued_at, zone),
        "recognised": look.is_recognised,
        "counts": look.counts,
    }


def _print_look(look: CodeLook, zone: tzinfo) -> None:
    claims, console, key = look.claims, answers(), "health.code.show"
    issued, until = _local(claims.issued_at, zone), _local(claims.valid_until, zone)
    console.print(words(f"health.colours.{claims.colour}", spoken_language()))
    console.print(say(f"{key}.issuer", issuer=claims.issuer, rules=claims.rule_version))
    console.print(say(f"{key}.time.{look.time}", issued=issued, until=until))
    console.print(say(f"{key}.status.{look.status}", at=_local(look.list_issued_at, zone)))
    recognised = "recognised" if look.is_recognised else "not_recognised"
    console.print(say(f"{key}.{recognised}", issuer=claims.issuer))


def _zone(authority: Authority) -> tzinfo:
    """That of the authority's rules; UTC where it has none."""
    rules = authority.health_rules
    return UTC if rules is None else ZoneInfo(rules.colours.zone)


def _local(instant: datetime | None, zone: tzinfo) -> str | None:
    return None if instant is None else instant.astimezone(zone).isoformat(timespec="seconds")


def _colour_as_data(judgement: Judgement, zone: tzinfo) -> dict[str, Any]:
    return {
        "colour": judgement.colour.value,
        "reasons": [each.value for each in judgement.reasons],
        "valid_until": _local(judgement.until, zone),
        "rule_version": judgement.rule_version,
    }


def findings_as_data(authority: Authority, judgement: Judgement) -> list[dict[str, Any]]:
    """Every finding with its words in each language, the gravest first."""
    shown = evidence_shown(authority, [each.evidence for each in judgement.findings])
    names, zone = {id_: each.said_by for id_, each in shown.items()}, _zone(authority)
    return [
        _finding_as_data(each, names.get(each.evidence, ()), zone) for each in judgement.findings
    ]


def _finding_as_data(finding: Finding, said_by: tuple[str, ...], zone: tzinfo) -> dict[str, Any]:
    return {
        "evidence": finding.evidence,
        "reason": finding.reason.value,
        "colour": finding.colour.value,
        "on": finding.on.isoformat(),
        "until": _local(finding.until, zone),
        "route": finding.route.value,
        "said_by": list(said_by),
        "lifted_by": finding.lifted_by.value,
        "relieved": finding.is_relieved,
        "contested_until": _local(finding.contested_until, zone),
        "words": {
            language.value: _in_words(finding, said_by, zone, language) for language in Language
        },
    }


def _in_words(
    finding: Finding, said_by: tuple[str, ...], zone: tzinfo, language: Language
) -> list[str]:
    """What a person is told of it, a sentence each."""

    def told(key: str, **facts: str) -> str:
        return words(f"health_pages.{key}", language, **facts)

    def line(label: str, what: str) -> str:
        return words(_LINE, language, label=told(f"finding.{label}"), what=what)

    who = [_name(each, language) for each in said_by] or [told("finding.yourself")]
    until, clock = _local(finding.until, zone), _local(finding.contested_until, zone) or ""
    if finding.is_relieved:
        case = told("finding.case_relieved", until=clock)
    else:
        case = told("finding.case_until", until=clock) if clock else told("finding.case_none")
    return [
        words(f"health.reasons.{finding.reason}.title", language),
        line("on", finding.on.isoformat()),
        line("source", ", ".join(who)),
        line("route", told(f"routes.{finding.route}")),
        line("ends", told("finding.ends_at", until=until) if until else told("finding.ends_never")),
        line("lifts", told(f"lifted_by.{finding.lifted_by}")),
        line("case", case),
        words(f"health.reasons.{finding.reason}.remedy", language),
    ]


def _name(name: str, language: Language) -> str:
    """What an authority is called here; any other name as it stands."""
    key = f"pages.authorities.{name}"
    return words(key, language) if key in texts() else name


def _colour_in_words(judgement: Judgement, zone: tzinfo, language: Language) -> str:
    colour = words(f"health.colours.{judgement.colour}", language)
    until = _local(judgement.until, zone) or ""
    valid = words("health.validity", language, until=until)
    return words(_LINE, language, label=colour, what=valid)


def _print_findings(findings: list[dict[str, Any]], language: Language) -> None:
    console = answers()
    if not findings:
        console.print(words("health.reasons.nothing_adverse.title", language))
    for each in findings:
        first, *others = each["words"][language.value]
        console.print(f"- {first}")
        for line in others:
            console.print(f"  {line}")
    console.print()
