"""``tongguan gate``: decide as a gate does, from a situation or a bundle; enrol a gate."""

import secrets
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from tongguan.adapters.postgres.decisions import decision_as_data
from tongguan.adapters.scheme_files import LoadedScheme
from tongguan.adapters.words import words
from tongguan.app.gates import enrol_gate
from tongguan.cli.console import answers, print_decision, print_json
from tongguan.cli.deployments import authority_at
from tongguan.cli.options import (
    AuthorityOption,
    DataOption,
    JsonOption,
    authority_named,
    help_of,
    instant_named,
)
from tongguan.cli.problems import ExitCode, SendersFaultError, clipped, faulty
from tongguan.cli.reading import read_bytes, shown_path
from tongguan.cli.scheme_files import named_scheme
from tongguan.cli.speech import say, spoken_language
from tongguan.core.credentials.cwt import is_identifier
from tongguan.core.credentials.faults import ReadFault, Unreadable
from tongguan.core.decisions import Decision, Outcome
from tongguan.core.gate.bundle import BYTES_MAX, Bundle, knowledge_of, read_bundle
from tongguan.core.gate.decide import decide
from tongguan.core.gate.knowledge import GateKnowledge, Presented
from tongguan.core.gate.nodes import NodeFault, parse_json
from tongguan.core.gate.plain import read_papers, read_situation
from tongguan.core.health.code import read_health_code
from tongguan.core.health.papers import PresentedPapers
from tongguan.core.health.tests import PresentedTest
from tongguan.core.identifiers import ControlPointId, DirectionId
from tongguan.core.passes.code import read_pass
from tongguan.core.people import Document, DocumentType
from tongguan.core.scheme.model import Version
from tongguan.gate.checkpoint import decide_texts

gate = typer.Typer(help=say("gate.help"), no_args_is_help=True, rich_markup_mode=None)

_TOKEN_BYTES: Final = 32
_SITUATION_BYTES_MAX: Final = 1_000_000
_NUMBER_CHARACTERS_MAX: Final = 40
_READER: Final = "command-line"
"""Who read a paper that is typed here, where nothing is recorded."""
_MALFORMED: Final = frozenset(
    {
        ReadFault.UNREADABLE_PREFIX,
        ReadFault.UNREADABLE_BASE45,
        ReadFault.UNREADABLE_COMPRESSION,
        ReadFault.UNREADABLE_COSE,
    }
)
"""What no code of anybody could be: the text was mistyped or cut, whoever signed it."""


@gate.command("decide", help=say("gate.decide.help"))
def decide_command(  # noqa: PLR0917 - options, which people give by name
    situation: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help=help_of("situation"), show_default=False),
    ] = None,
    scheme_id: Annotated[
        str | None,
        typer.Option(
            "--scheme", metavar="ID|FILE", help=help_of("situation_scheme"), show_default=False
        ),
    ] = None,
    bundle: Annotated[
        Path | None,
        typer.Option("--bundle", metavar="FILE", help=help_of("bundle"), show_default=False),
    ] = None,
    control_point: Annotated[
        str | None, typer.Option("--control-point", metavar="ID", help=help_of("at_control_point"))
    ] = None,
    direction: Annotated[
        str, typer.Option("--direction", metavar="ID", help=help_of("direction"))
    ] = "HK-GD",
    document_type: Annotated[
        DocumentType, typer.Option("--document-type", help=help_of("document_type"))
    ] = DocumentType.HOME_RETURN_PERMIT,
    issuer: Annotated[
        str, typer.Option("--issuer", metavar="COUNTRY", help=help_of("issuer"))
    ] = "CHN",
    pass_text: Annotated[
        str | None, typer.Option("--pass", metavar="TEXT", help=help_of("pass"))
    ] = None,
    codes: Annotated[
        list[str] | None, typer.Option("--code", metavar="TEXT", help=help_of("code"))
    ] = None,
    tests: Annotated[
        list[str] | None,
        typer.Option("--test", metavar="SPECIMEN@SAMPLED[@REPORTED]", help=help_of("test")),
    ] = None,
    papers: Annotated[
        Path | None,
        typer.Option("--papers", metavar="FILE", help=help_of("papers"), show_default=False),
    ] = None,
    at: Annotated[str | None, typer.Option("--at", metavar="INSTANT", help=help_of("at"))] = None,
    as_json: JsonOption = False,
) -> None:
    """Decide from a situation or a bundle; exit 0 to admit, 1 to deny or refer."""
    if situation is not None and bundle is None:
        loaded, decision = _decided_by_situation(situation, scheme_id)
        _answer(decision, loaded.version, as_json=as_json)
        return
    if bundle is None or situation is not None:
        raise faulty("FILE / --bundle", "situation_or_bundle")
    read = _bundle(bundle)
    knowledge = _knowledge(bundle, read)
    texts = tuple(codes or ())
    decision = decide_texts(
        knowledge,
        Presented(
            pass_text=pass_text,
            code_texts=texts,
            document=Document(type=document_type, number=_document_number(), issuer=issuer),
            tests=tuple(_test_named(each) for each in tests or ()),
            papers=None if papers is None else _papers(papers),
        ),
        direction=DirectionId(direction),
        control_point=ControlPointId(control_point or read.control_point),
        now=instant_named(at, "--at") if at else datetime.now(UTC),
    )
    malformed = _malformed(knowledge, pass_text, texts)
    _answer(decision, knowledge.version, as_json=as_json, malformed=malformed)


@gate.command("enrol", help=say("gate.enrol.help"))
def enrol(
    name: Annotated[str, typer.Argument(metavar="NAME", help=help_of("gate_name"))],
    control_point: Annotated[
        str, typer.Option("--control-point", metavar="ID", help=help_of("control_point"))
    ],
    authority: AuthorityOption,
    data: DataOption = Path(".data"),
) -> None:
    """Enrol a gate device and show its token, once."""
    if not (control_point.isascii() and control_point.isalnum() and len(control_point) <= 8):
        raise faulty("--control-point", "no_control_point")
    if not name.strip() or len(name) > 60 or not name.isprintable():
        raise faulty("NAME", "no_gate_name")
    with authority_at(data, authority_named(authority)) as opened:
        enrolled = enrol_gate(
            opened.authority,
            name=name,
            control_point=ControlPointId(control_point),
            token=secrets.token_urlsafe(_TOKEN_BYTES),
        )
    answers().print(say("gate.enrol.done", name=name, id=enrolled.gate.id))
    answers().print(say("gate.enrol.token", token=enrolled.token))


def _json(path: Path) -> object:
    data = parse_json(
        read_bytes(path, size_bytes_max=_SITUATION_BYTES_MAX), bytes_max=_SITUATION_BYTES_MAX
    )
    if isinstance(data, NodeFault):
        raise _node_fault(path, data)
    return data


def _papers(path: Path) -> PresentedPapers:
    """From a file: what stands on a command line, others can read."""
    papers = read_papers(_json(path))
    if isinstance(papers, NodeFault):
        raise _node_fault(path, papers)
    return papers


def _decided_by_situation(path: Path, scheme_id: str | None) -> tuple[LoadedScheme, Decision]:
    data = _json(path)
    # A vector of conformance/gate holds its situation beside its title and what is expected.
    plain = data.get("situation", data) if isinstance(data, dict) else data
    loaded = _scheme_of(path, plain, scheme_id)
    situation = read_situation(plain, loaded.version, loaded.digest)
    if isinstance(situation, NodeFault):
        raise _node_fault(path, situation)
    return loaded, decide(situation)


def _scheme_of(path: Path, data: object, scheme_id: str | None) -> LoadedScheme:
    named = data.get("version") if isinstance(data, dict) else None
    if scheme_id is None and not isinstance(named, str):
        raise faulty(f"{shown_path(path)} version", "situation_version")
    return named_scheme(scheme_id or str(named))


def _bundle(path: Path) -> Bundle:
    read = read_bundle(read_bytes(path, size_bytes_max=BYTES_MAX))
    if isinstance(read, NodeFault):
        raise _node_fault(path, read)
    return read


def _knowledge(path: Path, bundle: Bundle) -> GateKnowledge:
    known = knowledge_of(bundle)
    if isinstance(known, NodeFault):
        raise _node_fault(path, known)
    return known


def _node_fault(path: Path, fault: NodeFault) -> SendersFaultError:
    """The fault in the words of the gate, its place within the file in front."""
    key = f"gate.faults.{fault.expected.value}"
    sentence = words(key, spoken_language(), path=fault.path, detail=fault.detail)
    return SendersFaultError(shown_path(path), clipped(sentence))


def _document_number() -> str:
    """From a prompt or standard input: what stands on a command line, others can read."""
    if sys.stdin.isatty():
        number = str(typer.prompt(say("gate.decide.number"), hide_input=True, err=True))
    else:
        number = sys.stdin.readline(_NUMBER_CHARACTERS_MAX + 2)
    number = number.strip()
    if not number or len(number) > _NUMBER_CHARACTERS_MAX or not any(c.isalnum() for c in number):
        raise faulty("STDIN", "no_document_number")
    return number


def _malformed(
    knowledge: GateKnowledge, pass_text: str | None, codes: tuple[str, ...]
) -> tuple[tuple[str, Unreadable], ...]:
    """Texts that no code could be, each with its option."""
    read: list[tuple[str, object]] = []
    if pass_text is not None:
        read.append(("--pass", read_pass(pass_text, knowledge.keys)))
    read.extend(
        (f"--code ({number})", read_health_code(text, knowledge.keys))
        for number, text in enumerate(codes, start=1)
    )
    return tuple(
        (place, each)
        for place, each in read
        if isinstance(each, Unreadable) and each.code in _MALFORMED
    )


def _test_named(text: str) -> PresentedTest:
    """A paper as typed on the command line: specimen, when sampled and, if stated, reported."""
    specimen, *times = text.split("@")
    if not is_identifier(specimen) or len(times) not in {1, 2}:
        raise faulty("--test", "no_test")
    instants = [instant_named(each, "--test") for each in times]
    try:
        return PresentedTest(
            sampled_at=instants[0],
            reported_at=instants[1] if len(instants) > 1 else None,
            specimen=specimen,
            read_by=_READER,
        )
    except ValueError:
        raise faulty("--test", "no_test") from None


def _answer(
    decision: Decision,
    version: Version,
    *,
    as_json: bool,
    malformed: tuple[tuple[str, Unreadable], ...] = (),
) -> None:
    if as_json:
        print_json(decision_as_data(decision))
    else:
        print_decision(decision, version)
    for place, unreadable in malformed:
        raise faulty(place, "malformed_code", why=unreadable.detail)
    if decision.outcome is not Outcome.ADMIT:
        raise typer.Exit(ExitCode.REFUSED)
