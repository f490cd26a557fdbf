"""``tongguan health``: certificates that others issued, judged one by one."""

import json
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Annotated, BinaryIO, Final

import typer

from tongguan.adapters.barcode_reader import (
    PICTURE_BYTES_MAX,
    looks_like_picture,
    read_qr_codes,
)
from tongguan.adapters.trust_directory import TrustDirectoryError, read_trust_directory
from tongguan.adapters.words import words
from tongguan.cli.console import answers
from tongguan.cli.options import JsonOption, help_of, instant_named
from tongguan.cli.problems import SendersFaultError, clipped, faulty
from tongguan.cli.reading import SIZE_BYTES_MAX, STANDARD_INPUT, read_bytes, shown_path
from tongguan.cli.requirement_words import find, finding_as_data, finding_in_words
from tongguan.cli.scheme_files import faultless_scheme
from tongguan.cli.speech import say, spoken_language
from tongguan.core.certificates.trusted import Trusted
from tongguan.core.certificates.verdict import Refused, Verdict, Verified
from tongguan.core.certificates.verify import CODE_BEGINS, TEXT_CHARACTERS_MAX, verify_certificates
from tongguan.core.gate.nodes import NodeFault, NodeFaultError, parse_json
from tongguan.core.health.requirement_text import (
    WrittenRequirements,
    read_requirements,
    requirements_of,
)
from tongguan.core.health.requirements import RequirementFinding

health = typer.Typer(help=say("health.help"), no_args_is_help=True, rich_markup_mode=None)
_NOBODY: Final = Trusted()
_UTF8_BYTES_MAX: Final = 4
"""Of one character."""
_OF_SCHEMES: Final = (".yaml", ".yml")
_AT_A_TIME: Final = 50
"""Lines of a file that are judged together."""


@health.callback()
def _health() -> None:
    """Keeps ``verify`` a command of its own although it is the only one."""


@health.command("verify", help=say("health.verify.help"))
def verify(
    file: Annotated[
        Path, typer.Argument(metavar="[FILE]", help=help_of("health_file"), show_default=False)
    ] = STANDARD_INPUT,
    trust: Annotated[
        Path | None,
        typer.Option("--trust", metavar="DIR", help=help_of("health_trust"), show_default=False),
    ] = None,
    at: Annotated[str, typer.Option("--at", metavar="TIME", help=help_of("health_at"))] = "",
    requirements: Annotated[
        Path | None,
        typer.Option(
            "--requirements",
            metavar="FILE",
            help=help_of("health_requirements"),
            show_default=False,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Print a verdict for every line, in their order.

    Lines that come over standard input are judged one by one, those of a file some at a time.
    """
    trusted = _NOBODY if trust is None else _trusted(trust)
    written = None if requirements is None else _requirements(requirements)
    now = instant_named(at, "--at") if at else datetime.now(UTC)
    number = 0
    with _opened(file) as lines:
        texts = _texts(lines)
        while some := list(islice(texts, 1 if file == STANDARD_INPUT else _AT_A_TIME)):
            verdicts = verify_certificates(
                some, trust=trusted.trust, issuers=trusted.issuers, now=now
            )
            for verdict in verdicts:
                number += 1
                _print(number, verdict, written, now, as_json=as_json)


def _print(
    number: int,
    verdict: Verdict,
    written: WrittenRequirements | None,
    now: datetime,
    *,
    as_json: bool,
) -> None:
    found: tuple[RequirementFinding, ...] = ()
    zone = "UTC" if written is None else written.zone
    if written is not None and isinstance(verdict, Verified):
        found = find(written, verdict, now)
    if as_json:
        data = verdict_as_data(verdict)
        if written is not None:
            data["requirements"] = [finding_as_data(each, zone) for each in found]
        sys.stdout.write(json.dumps(data, ensure_ascii=False) + "\n")
        return
    console = answers()
    console.print(f"{number}: {_in_words(verdict)}")
    for each in found:
        for line in finding_in_words(each, zone, spoken_language()):
            console.print(f"   {line}")


def verdict_as_data(verdict: Verdict) -> dict[str, object]:
    """A verdict as JSON has it."""
    is_valid = isinstance(verdict, Verified)
    return {
        "kind": None if verdict.kind is None else verdict.kind.value,
        "valid": is_valid,
        "reason": None if isinstance(verdict, Verified) else verdict.code.value,
        "detail": None if isinstance(verdict, Verified) else verdict.detail,
        "issuer": verdict.issuer,
        "kid": verdict.key_id,
        "issued_at": _instant(verdict.issued_at) if isinstance(verdict, Verified) else None,
        "expires_at": _instant(verdict.expires_at) if isinstance(verdict, Verified) else None,
        "claims": dict(verdict.claims) if isinstance(verdict, Verified) else None,
    }


def _instant(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()


def _in_words(verdict: Verdict) -> str:
    """A line for people: nothing out of a certificate that is not believed, and no claims."""
    language = spoken_language()
    if isinstance(verdict, Refused):
        said = words(f"certificates.faults.{verdict.code.value}", language)
    else:
        said = words("certificates.verified", language, issuer=verdict.issuer)
    if verdict.kind is None:
        return said
    return f"{words(f'certificates.kinds.{verdict.kind.value}', language)}: {said}"


def _trusted(directory: Path) -> Trusted:
    try:
        return read_trust_directory(directory)
    except TrustDirectoryError as error:
        raise faulty(shown_path(directory), "unreadable", why=str(error)) from None


def _requirements(file: Path) -> WrittenRequirements:
    if file.suffix in _OF_SCHEMES:
        return requirements_of(faultless_scheme(file).version)
    data = parse_json(read_bytes(file), bytes_max=SIZE_BYTES_MAX)
    if isinstance(data, NodeFault):
        raise node_fault(file, data)
    try:
        return read_requirements(data)
    except NodeFaultError as error:
        raise node_fault(file, error.fault) from None


def node_fault(file: Path, fault: NodeFault) -> SendersFaultError:
    """The fault in words, with the file and the place within it."""
    key = f"gate.faults.{fault.expected.value}"
    sentence = words(key, spoken_language(), path=fault.path, detail=fault.detail)
    return SendersFaultError(shown_path(file), clipped(sentence))


def _opened(file: Path) -> "nullcontext[BinaryIO] | BinaryIO":
    if file == STANDARD_INPUT:
        return nullcontext(sys.stdin.buffer)
    try:
        if file.is_dir():
            raise faulty(shown_path(file), "directory")
        return file.open("rb")
    except FileNotFoundError:
        raise faulty(shown_path(file), "no_file") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise faulty(shown_path(file), "unreadable", why=reason or "") from None


def _texts(lines: BinaryIO) -> Iterator[str]:
    """Each line without its end; of one that is too long no more than shows that it is."""
    bytes_max = TEXT_CHARACTERS_MAX * _UTF8_BYTES_MAX + 2
    first = True
    while line := lines.readline(bytes_max):
        if first and looks_like_picture(line):
            yield from _texts_in_picture(line + lines.read(PICTURE_BYTES_MAX))
            return
        first = False
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = lines.readline(bytes_max)
        # A space may be the last character of a code.
        yield line.decode("utf-8", errors="replace").rstrip("\r\n")


def _texts_in_picture(picture: bytes) -> Iterator[str]:
    """Each code in the picture, those of one card together; an empty text where there is none."""
    codes = read_qr_codes(picture)
    of_card = [each for each in codes if each.startswith(CODE_BEGINS)]
    others = [each for each in codes if not each.startswith(CODE_BEGINS)]
    yield from others
    if of_card or not others:
        yield " ".join(of_card)
