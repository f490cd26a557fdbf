"""``tongguan sponsor``: the lists of people whom sponsors of a scheme answer for."""

import csv
import getpass
from collections.abc import Callable, Sequence
from io import StringIO
from pathlib import Path
from typing import Annotated, Final, TypeVar

import typer

from tongguan.app.authorities import Authority
from tongguan.app.schemes import NothingHoldsError
from tongguan.app.sponsors import (
    SponsorChange,
    SponsorUnknownError,
    nominate,
    sponsor_counts,
    withdraw_nomination,
)
from tongguan.cli.console import answers, print_json
from tongguan.cli.deployments import authority_at
from tongguan.cli.options import AuthorityOption, DataOption, JsonOption, authority_named, help_of
from tongguan.cli.problems import clipped, faulty
from tongguan.cli.reading import read_text, shown_path
from tongguan.cli.speech import say
from tongguan.core.credentials.holder import normalised_document_number
from tongguan.core.identifiers import SponsorId
from tongguan.core.people import Document, DocumentType

sponsor = typer.Typer(help=say("sponsor.help"), no_args_is_help=True, rich_markup_mode=None)
_DATA: Final = Path(".data")
_Answer = TypeVar("_Answer")
_COLUMNS: Final = ("document_type", "document_number", "document_issuer")

NameArgument = Annotated[str, typer.Argument(metavar="SPONSOR", help=help_of("sponsor"))]
FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help=help_of("sponsor_file"))]


@sponsor.command("list", help=say("sponsor.list.help"))
def show(name: AuthorityOption, data: DataOption = _DATA, as_json: JsonOption = False) -> None:
    """Show how many people each sponsor has named."""
    with authority_at(data, authority_named(name)) as opened:
        counts = _under_a_scheme(lambda: sponsor_counts(opened.authority))
    if as_json:
        print_json([{"sponsor": each.sponsor, "people": each.people} for each in counts])
        return
    for each in counts:
        answers().print(say("sponsor.list.line", sponsor=each.sponsor, people=each.people))
    if not counts:
        answers().print(say("sponsor.list.none"))


@sponsor.command("add", help=say("sponsor.add.help"))
def add(
    sponsor_id: NameArgument, file: FileArgument, name: AuthorityOption, data: DataOption = _DATA
) -> None:
    """Put the people of a file on a sponsor's list; who is there already stays."""
    change = _changed(sponsor_id, file, name, data, nominate)
    answers().print(say("sponsor.add.done", sponsor=change.sponsor, people=change.changed))


@sponsor.command("remove", help=say("sponsor.remove.help"))
def remove(
    sponsor_id: NameArgument, file: FileArgument, name: AuthorityOption, data: DataOption = _DATA
) -> None:
    """Take the people of a file off a sponsor's list; what was granted to them stays."""
    change = _changed(sponsor_id, file, name, data, withdraw_nomination)
    answers().print(say("sponsor.remove.done", sponsor=change.sponsor, people=change.changed))


def _changed(
    sponsor_id: str,
    file: Path,
    name: str,
    data: Path,
    change: Callable[..., SponsorChange],
) -> SponsorChange:
    people = _people(file)
    with authority_at(data, authority_named(name)) as opened:
        authority: Authority = opened.authority
        try:
            return _under_a_scheme(
                lambda: change(
                    authority, SponsorId(sponsor_id), people, officer=f"cli {getpass.getuser()}"
                )
            )
        except SponsorUnknownError:
            raise faulty(clipped(sponsor_id, 60), "sponsor_unknown") from None


def _under_a_scheme(ask: Callable[[], _Answer]) -> _Answer:
    try:
        return ask()
    except NothingHoldsError:
        raise faulty("tongguan sponsor", "nothing_holds") from None


def _people(file: Path) -> Sequence[Document]:
    """The documents in a CSV file; every line is read before anything is changed."""
    reader = csv.reader(StringIO(read_text(file), newline=""), strict=True)
    documents = []
    try:
        for number, row in enumerate(reader, start=1):
            if not row or (number == 1 and tuple(row) == _COLUMNS):
                continue
            documents.append(_document(row, f"{shown_path(file)}:{number}"))
    except csv.Error:
        raise faulty(f"{shown_path(file)}:{reader.line_num}", "sponsor_line") from None
    return documents


def _document(row: Sequence[str], place: str) -> Document:
    """A person's document; the message names the line and never what stands in it."""
    if len(row) != len(_COLUMNS):
        raise faulty(place, "sponsor_line")
    kind, number, issuer = (each.strip() for each in row)
    if kind not in list(DocumentType) or not normalised_document_number(number) or not issuer:
        raise faulty(place, "sponsor_line")
    return Document(type=DocumentType(kind), number=number, issuer=issuer)
