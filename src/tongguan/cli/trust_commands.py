"""``tongguan trust``: lists of keys, and what either authority recognises of the other's."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import typer

from tongguan.adapters.peer_http import HttpPeerSource, PeerUnreachableError
from tongguan.adapters.words import words
from tongguan.app.authorities import Authority
from tongguan.app.publishing import published_recognitions, published_trust_lists
from tongguan.app.receipts import Receipt
from tongguan.app.recognition import (
    RecognitionRecord,
    RecognitionRefusedError,
    countersign,
    issue_trust_list,
    receive_recognition,
    receive_trust_list,
    recognise,
    trust_overview,
    withdraw,
)
from tongguan.cli.console import answers, print_json, remarks
from tongguan.cli.deployments import authority_at
from tongguan.cli.neighbours import exchange_with_neighbours
from tongguan.cli.options import (
    AuthorityOption,
    DataOption,
    JsonOption,
    authority_named,
    help_of,
    instant_named,
)
from tongguan.cli.problems import ExitCode, clipped, failing, faulty
from tongguan.cli.reading import read_bytes, shown_path
from tongguan.cli.speech import say, spoken_language
from tongguan.core.recognition.references import (
    RecognisedUse,
    SignedRecognition,
    reference_digest,
)
from tongguan.core.recognition.trust_lists import SignedTrustList, trust_list_digest

trust = typer.Typer(help=say("trust.help"), no_args_is_help=True, rich_markup_mode=None)
_DATA: Final = Path(".data")
_FILE_BYTES_MAX: Final = 4 * 1024 * 1024
_MESSAGES_MAX: Final = 10_000
_Answer = TypeVar("_Answer")
DigestArgument = Annotated[str, typer.Argument(metavar="DIGEST", help=help_of("reference_digest"))]


@trust.command("add", help=say("trust.add.help"))
def add(
    source: Annotated[str, typer.Argument(metavar="FILE|URL", help=help_of("trust_source"))],
    name: AuthorityOption,
    data: DataOption = _DATA,
) -> None:
    """Take in lists and statements of the other side, each under its pinned scheme key."""
    lists, statements = _offered(source)
    with authority_at(data, authority_named(name)) as opened:
        received = _received(opened.authority, lists, receive_trust_list)
        stated = _received(opened.authority, statements, receive_recognition)
    receipts = (*received, *stated)
    answers().print(
        say(
            "trust.add.done",
            lists=sum(each.is_new for each in received),
            statements=sum(each.is_new for each in stated),
        )
    )
    refused = [each.refused for each in receipts if each.refused is not None]
    for why in dict.fromkeys(refused):
        remarks().print(say("trust.add.refused", count=refused.count(why), why=why))
    if refused:
        raise typer.Exit(ExitCode.REFUSED)


@trust.command("list", help=say("trust.list.help"))
def show(name: AuthorityOption, data: DataOption = _DATA, as_json: JsonOption = False) -> None:
    """Show every list of keys and every recognition with its state; issue one's own if due."""
    with authority_at(data, authority_named(name)) as opened:
        issue_trust_list(opened.authority)
        overview = trust_overview(opened.authority)
        lists, statements = (
            [base64.b64encode(each).decode() for each in published(opened.authority)]
            for published in (published_trust_lists, published_recognitions)
        )
    if as_json:
        print_json(
            {
                "lists": [_list_as_data(each) for each in overview.lists],
                "references": [_record_as_data(each) for each in overview.recognitions],
                "trust_lists": lists,
                "recognitions": statements,
            }
        )
        return
    for each in overview.lists:
        _print_list(each)
    for record in overview.recognitions:
        _print_record(record)
    if not overview.recognitions:
        answers().print(say("trust.list.none"))


@trust.command("recognise", help=say("trust.recognise.help"))
def recognise_command(  # noqa: PLR0917 - options, which people give by name
    other: Annotated[str, typer.Argument(metavar="AUTHORITY", help=help_of("recognised"))],
    name: AuthorityOption,
    data: DataOption = _DATA,
    version: Annotated[
        int | None,
        typer.Option("--version", metavar="N", min=1, help=help_of("list_version")),
    ] = None,
    usages: Annotated[
        str, typer.Option("--usages", metavar="USAGE,…", help=help_of("usages"))
    ] = ",".join(RecognisedUse),
    begins: Annotated[
        str | None, typer.Option("--from", metavar="INSTANT", help=help_of("recognised_from"))
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="INSTANT", help=help_of("recognised_until"))
    ] = None,
    signed_by_other: Annotated[
        str | None, typer.Option("--countersign", metavar="DIGEST", help=help_of("countersign"))
    ] = None,
) -> None:
    """Recognise a list of the other side, or sign the reference by which it recognises ours."""
    of = authority_named(other, "AUTHORITY")
    with authority_at(data, authority_named(name)) as opened:
        if signed_by_other is not None:
            signed = _signed(lambda: countersign(opened.authority, signed_by_other))
            if signed.statement.by != of:
                raise faulty("AUTHORITY", "trust_other", authority=signed.statement.by)
        elif until is None:
            raise faulty("--until", "trust_until")
        else:
            ends = instant_named(until, "--until").replace(microsecond=0)
            first = None if begins is None else instant_named(begins, "--from")
            signed = _signed(
                lambda: recognise(
                    opened.authority,
                    of,
                    version=version,
                    usages=_usages(usages),
                    begins=None if first is None else first.replace(microsecond=0),
                    ends=ends,
                )
            )
        exchange_with_neighbours(opened)
        _print_outcome(opened.authority, signed, "trust.recognise.done")


@trust.command("withdraw", help=say("trust.withdraw.help"))
def withdraw_command(
    digest: DigestArgument, name: AuthorityOption, data: DataOption = _DATA
) -> None:
    """Withdraw a recognition at once and for good; either of the two may."""
    with authority_at(data, authority_named(name)) as opened:
        signed = _signed(lambda: withdraw(opened.authority, digest))
        exchange_with_neighbours(opened)
        _print_outcome(opened.authority, signed, "trust.withdraw.done")


def _signed(call: Callable[[], SignedRecognition]) -> SignedRecognition:
    try:
        return call()
    except RecognitionRefusedError as refused:
        raise faulty("tongguan trust", f"trust_refused.{refused.code}") from None


def _usages(text: str) -> tuple[RecognisedUse, ...]:
    try:
        return tuple(RecognisedUse(each.strip()) for each in text.split(","))
    except ValueError:
        raise faulty("--usages", "trust_usages", allowed=", ".join(RecognisedUse)) from None


def _received(
    authority: Authority, messages: list[bytes], receive: Callable[[Authority, bytes], Receipt]
) -> list[Receipt]:
    return [receive(authority, each) for each in messages]


def _offered(source: str) -> tuple[list[bytes], list[bytes]]:
    if source.startswith(("http://", "https://")):
        try:
            peer = HttpPeerSource(source)
            return list(peer.trust_lists()), list(peer.recognitions())
        except PeerUnreachableError as error:
            raise failing(clipped(source, 200), "peer_unreachable", why=str(error)) from None
    path = Path(source)
    try:
        content = json.loads(read_bytes(path, size_bytes_max=_FILE_BYTES_MAX))
        return _messages(content, "trust_lists"), _messages(content, "recognitions")
    except (ValueError, RecursionError, TypeError, AttributeError):
        raise faulty(shown_path(path), "no_trust_lists") from None


def _messages(content: Any, member: str) -> list[bytes]:
    """The signed messages in a member of the file; ValueError or the like for anything else."""
    listed = content.get(member, [])
    if not isinstance(listed, list) or len(listed) > _MESSAGES_MAX:
        raise ValueError(member)
    return [base64.b64decode(each, validate=True) for each in listed]


def _list_as_data(signed: SignedTrustList) -> dict[str, object]:
    made = signed.statement
    return {
        "authority": made.authority,
        "version": made.version,
        "issued_at": made.at.isoformat(),
        "digest": trust_list_digest(made),
        "keys": {
            "facts": list(made.facts),
            "health_code": list(made.health_code),
            "status_list": list(made.status_list),
        },
        "rules": list(made.rules),
    }


def _record_as_data(record: RecognitionRecord) -> dict[str, object]:
    reference = record.reference
    return {
        "digest": record.digest,
        "by": reference.by,
        "of": reference.of,
        "version": reference.list_version,
        "list_digest": reference.list_digest,
        "usages": [each.value for each in reference.usages],
        "from": reference.begins.isoformat(),
        "until": reference.ends.isoformat(),
        "state": record.state.value,
        "signed_by": list(record.signed_by),
        "withdrawn_by": list(record.withdrawn_by),
    }


def _print_list(signed: SignedTrustList) -> None:
    made = signed.statement
    answers().print(
        say(
            "trust.list.list",
            authority=made.authority,
            version=made.version,
            at=made.at.isoformat(),
            health_codes=len(made.health_code),
            facts=len(made.facts),
            rules=", ".join(made.rules) or "-",
            digest=trust_list_digest(made),
        )
    )


def _print_record(record: RecognitionRecord) -> None:
    reference, language = record.reference, spoken_language()
    answers().print(
        say(
            "trust.list.recognition",
            by=reference.by,
            of=reference.of,
            version=reference.list_version,
            usages=", ".join(
                words(f"recognition.usages.{each.value}", language) for each in reference.usages
            ),
            first=reference.begins.isoformat(),
            last=reference.ends.isoformat(),
            state=words(f"recognition.states.{record.state.value}", language),
            digest=record.digest,
        )
    )


def _print_outcome(authority: Authority, signed: SignedRecognition, key: str) -> None:
    """What was signed, and where its reference stands with that."""
    digest = reference_digest(signed.statement.reference)
    answers().print(
        say(key, authority=authority.id, at=signed.statement.at.isoformat(), digest=digest)
    )
    for record in trust_overview(authority).recognitions:
        if record.digest == digest:
            _print_record(record)
