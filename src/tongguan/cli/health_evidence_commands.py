"""``tongguan health evidence``: batches that a laboratory signs, and that an authority takes."""

import errno
import os
import stat
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final
from uuid import uuid4

import typer

from tongguan.adapters.evidence_http import (
    ReceiverUnreachableError,
    UnfitAddressError,
    send_batch,
)
from tongguan.adapters.source_keys import SourceKeyError, make_source_key, read_signing_key
from tongguan.adapters.words import words
from tongguan.app.evidence.batches import BatchReceipt, receive_batch
from tongguan.app.evidence.consequences import NoHealthRulesError
from tongguan.app.schemes import NothingHoldsError
from tongguan.cli.console import answers, print_json
from tongguan.cli.deployments import authority_at
from tongguan.cli.health_commands import health
from tongguan.cli.options import AuthorityOption, DataOption, JsonOption, authority_named, help_of
from tongguan.cli.problems import (
    CommandError,
    ExitCode,
    SendersFaultError,
    clipped,
    failing,
    faulty,
)
from tongguan.cli.reading import read_bytes, shown_path
from tongguan.cli.speech import say, spoken_language
from tongguan.core.certificates.strict_json import MalformedJsonError, read_strict_json
from tongguan.core.credentials.keys import SigningKey
from tongguan.core.evidence.batch import MESSAGE_BYTES_MAX, UnsayableBatchError, sign_batch
from tongguan.core.evidence.batch_content import Batch, read_content
from tongguan.core.evidence.batch_facts import written_instant
from tongguan.core.evidence.batch_faults import BatchFault, BatchFaultError, BatchRefused
from tongguan.core.evidence.records import Standing
from tongguan.core.gate.nodes import NodeFaultError

evidence = typer.Typer(
    help=say("health.evidence.help"), no_args_is_help=True, rich_markup_mode=None
)
health.add_typer(evidence, name="evidence")
_DATA: Final = Path(".data")
_KEY_BYTES_MAX: Final = 10_000
_PUBLIC_SUFFIX: Final = ".pub"
_BEGINS_OF_ADDRESSES: Final = ("http://", "https://")
_NOT_A_FILES_NAME: Final = {errno.EISDIR, errno.ENAMETOOLONG, errno.ENOENT, errno.ENOTDIR}
_LEFT_OUT: Final[Mapping[str, object]] = {
    "entries": [],
    "withdrawals": [],
    "risk_places": {"listed": [], "ended": []},
}
"""What a file need not say."""


@evidence.command("make-key", help=say("health.evidence.make_key.help"))
def make_key(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=help_of("evidence_new_key"))],
) -> None:
    """Write a pair of keys; nothing is overwritten."""
    try:
        if file.is_dir():
            raise faulty(shown_path(file), "directory")
        public = file.with_name(file.name + _PUBLIC_SUFFIX)
        make_source_key(file, public)
    except FileExistsError as error:
        raise faulty(shown_path(Path(str(error))), "key_exists") from None
    except OSError as error:
        raise _unwritable(file, error) from None
    answers().print(
        say("health.evidence.make_key.done", private=shown_path(file), public=shown_path(public))
    )


@evidence.command("send", help=say("health.evidence.send.help"))
def send(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=help_of("evidence_batch"))],
    *,
    key: Annotated[
        Path,
        typer.Option("--key", metavar="FILE", help=help_of("evidence_key"), show_default=False),
    ],
    to: Annotated[
        str,
        typer.Option("--to", metavar="URL|FILE", help=help_of("evidence_to"), show_default=False),
    ],
) -> None:
    """Sign a batch, and send it or write it to a file; exit code 1 when it was refused."""
    batch = _batch_in(file)
    message = _signed(file, batch, _key_in(key, batch))
    if not to.startswith(_BEGINS_OF_ADDRESSES):
        _write(Path(to), message)
        answers().print(say("health.evidence.send.written", file=shown_path(Path(to))))
        return
    try:
        is_taken, answer = send_batch(message, to)
    except UnfitAddressError:
        raise faulty("--to", "evidence_address") from None
    except ReceiverUnreachableError as error:
        raise failing(clipped(to, 200), "evidence_unreachable", why=str(error)) from None
    print_json(answer)
    if not is_taken:
        raise typer.Exit(ExitCode.REFUSED)


@evidence.command("receive", help=say("health.evidence.receive.help"))
def receive(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=help_of("evidence_signed"))],
    *,
    authority: AuthorityOption,
    data: DataOption = _DATA,
    as_json: JsonOption = False,
) -> None:
    """Take a signed batch from a file; exit code 1 when it was refused."""
    message = read_bytes(file, size_bytes_max=MESSAGE_BYTES_MAX)
    with authority_at(data, authority_named(authority)) as opened:
        try:
            receipt = receive_batch(opened.authority, message)
        except NoHealthRulesError:
            raise faulty(authority, "no_health_rules") from None
        except NothingHoldsError:
            raise faulty(authority, "nothing_holds") from None
    if as_json:
        print_json(_as_data(receipt))
    else:
        _say_receipt(receipt)
    if receipt.refused is not None:
        raise typer.Exit(ExitCode.REFUSED)


def _say_receipt(receipt: BatchReceipt) -> None:
    language = spoken_language()
    if receipt.refused is not None:
        answers().print(_refusal_in_words(receipt.refused.code, receipt.refused.place))
        return
    key = "taken" if receipt.is_new else "known"
    answers().print(say(f"health.evidence.receive.{key}"))
    for standing in Standing:
        count = receipt.standings.get(standing, 0)
        if count:
            what = words(f"evidence.standings.{standing.value}", language)
            answers().print(say("health.evidence.receive.line", what=what, count=count))
    for name in ("withdrawn", "withheld", "places"):
        count = getattr(receipt, name)
        if count:
            what = say(f"health.evidence.receive.{name}")
            answers().print(say("health.evidence.receive.line", what=what, count=count))


def _as_data(receipt: BatchReceipt) -> dict[str, object]:
    refused: BatchRefused | None = receipt.refused
    return {
        "is_new": receipt.is_new,
        "refused": None if refused is None else refused.code.value,
        "place": None if refused is None else refused.place,
        "standings": {each.value: count for each, count in sorted(receipt.standings.items())},
        "withdrawn": receipt.withdrawn,
        "withheld": receipt.withheld,
        "places": receipt.places,
    }


def _batch_in(file: Path) -> Batch:
    """The batch of a file; what it leaves out is nothing, a new id, and now."""
    text = read_bytes(file, size_bytes_max=MESSAGE_BYTES_MAX)
    try:
        data: Any = read_strict_json(text.decode("utf-8"))
    except (MalformedJsonError, ValueError):
        raise _faulty_batch(file, BatchFault.NOT_CANONICAL, "") from None
    if not isinstance(data, dict):
        raise _faulty_batch(file, BatchFault.WRONG_FORM, "")
    made = {"batch": str(uuid4()), "issued_at": written_instant(datetime.now(UTC))}
    try:
        return read_content({**_LEFT_OUT, **made, **data})
    except BatchFaultError as error:
        raise _faulty_batch(file, error.code, error.place) from None
    except NodeFaultError as error:
        raise _faulty_batch(file, BatchFault.WRONG_FORM, error.fault.path) from None


def _key_in(file: Path, batch: Batch) -> SigningKey:
    try:
        pem = read_bytes(file, size_bytes_max=_KEY_BYTES_MAX)
        return read_signing_key(pem, batch.source, batch.issued_at)
    except SourceKeyError:
        raise faulty(shown_path(file), "no_source_key") from None


def _signed(file: Path, batch: Batch, key: SigningKey) -> bytes:
    try:
        return sign_batch(batch, key)
    except UnsayableBatchError as error:
        raise faulty(shown_path(file), "batch_unsayable", why=str(error)) from None


def _write(file: Path, message: bytes) -> None:
    """The batch names people: the file is its owner's alone."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as opened:
            if stat.S_ISREG(os.fstat(descriptor).st_mode):
                os.fchmod(descriptor, 0o600)  # also where it was there, for others to read
            opened.write(message)
    except OSError as error:
        raise _unwritable(file, error) from None


def _unwritable(file: Path, error: OSError) -> CommandError:
    """The sender's fault where no file can have that name; the machine's where it has no room."""
    problem = faulty if error.errno in _NOT_A_FILES_NAME else failing
    return problem(shown_path(file), "unwritable", why=error.strerror or "")


def _faulty_batch(file: Path, code: BatchFault, place: str) -> SendersFaultError:
    return SendersFaultError(shown_path(file), _refusal_in_words(code, place))


def _refusal_in_words(code: BatchFault, place: str) -> str:
    return words(f"evidence.batch.{code.value}", spoken_language(), place=place or "batch")
