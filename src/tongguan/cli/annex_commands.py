"""``tongguan scheme annex``: one authority's annex, held against its agreement and signed."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from tongguan.adapters.annex_files import LoadedAnnex, load_annex_text
from tongguan.adapters.scheme_files import LoadedScheme, load_beside
from tongguan.app.annexes import (
    AnnexNumberError,
    AnnexRecord,
    AnnexRefusedError,
    annex_records,
    sign_own_annex,
)
from tongguan.app.schemes import adopt_version
from tongguan.cli.console import answers, print_json
from tongguan.cli.deployments import authority_at
from tongguan.cli.neighbours import exchange_with_neighbours
from tongguan.cli.options import (
    AuthorityOption,
    DataOption,
    JsonOption,
    authority_named,
    help_of,
)
from tongguan.cli.problems import ExitCode, SendersFaultError, faulty
from tongguan.cli.reading import read_bytes, shown_path
from tongguan.cli.scheme_commands import SchemeArgument, fault_as_data, print_faults, scheme
from tongguan.cli.scheme_files import FILE_BYTES_MAX, named_scheme, place_of
from tongguan.cli.speech import say, spoken_language
from tongguan.cli.version_acts import adopted_scheme
from tongguan.core.scheme.annexes import annex_digest, check_annex
from tongguan.core.scheme.faults import Fault

annex = typer.Typer(help=say("annex.help"), no_args_is_help=True, rich_markup_mode=None)
scheme.add_typer(annex, name="annex")
_DATA: Final = Path(".data")

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help=help_of("annex_file"))]
AgreementOption = Annotated[
    str | None,
    typer.Option("--agreement", metavar="ID|FILE", help=help_of("agreement"), show_default=False),
]


@annex.command("check", help=say("annex.check.help"))
def check(
    file: FileArgument, agreement: AgreementOption = None, as_json: JsonOption = False
) -> None:
    """Say every fault of an annex file at once; exit 2 when there is one."""
    loaded = _read(file)
    faults = loaded if isinstance(loaded, tuple) else ()
    if isinstance(loaded, LoadedAnnex):
        faults = _against(loaded, _agreement(file, loaded, agreement))
    if as_json:
        print_json({"file": str(file), "faults": [fault_as_data(each) for each in faults]})
    elif faults:
        print_faults(file, faults)
    elif isinstance(loaded, LoadedAnnex):
        name = loaded.annex.id
        answers().print(say("annex.check.faultless", annex=name, digest=loaded.digest))
    if faults:
        raise typer.Exit(ExitCode.SENDERS_FAULT)


@annex.command("sign", help=say("annex.sign.help"))
def sign(
    file: FileArgument,
    authority: AuthorityOption,
    agreement: AgreementOption = None,
    data: DataOption = _DATA,
) -> None:
    """Sign an annex for its authority; from then on it holds."""
    loaded = _read(file)
    if isinstance(loaded, tuple):
        raise _first_of(file, loaded)
    with authority_at(data, authority_named(authority)) as opened:
        text = adopted_scheme(opened, agreement or loaded.annex.agreement)
        if loaded.annex.party != opened.authority.id:
            raise faulty("--authority", "annex_of_other", party=loaded.annex.party)
        faults = _against(loaded, text)
        if faults:
            raise _first_of(file, faults)
        adopt_version(opened.authority, text.canonical)
        try:
            signed = sign_own_annex(opened.authority, text.digest, loaded.annex)
        except AnnexRefusedError as refused:
            raise _first_of(file, refused.faults) from None
        except AnnexNumberError as refused:
            raise faulty(shown_path(file), "annex_number", number=refused.number) from None
        exchange_with_neighbours(opened)
    statement = signed.statement
    answers().print(
        say(
            "annex.sign.done",
            at=statement.at.isoformat(),
            authority=statement.authority,
            annex=statement.annex.id,
            agreement=text.version.id,
            digest=annex_digest(statement.annex),
            signing_key=signed.key_id.hex(),
        )
    )


@annex.command("list", help=say("annex.list.help"))
def list_annexes(
    agreement: SchemeArgument,
    authority: AuthorityOption,
    data: DataOption = _DATA,
    as_json: JsonOption = False,
) -> None:
    """Show every annex to an agreement that the authority holds, and which ones are in force."""
    with authority_at(data, authority_named(authority)) as opened:
        text = adopted_scheme(opened, agreement)
        adopt_version(opened.authority, text.canonical)
        records = annex_records(opened.authority, text.digest)
    if as_json:
        print_json({"agreement": text.version.id, "annexes": [_as_data(each) for each in records]})
        return
    if not records:
        answers().print(say("annex.list.none", agreement=text.version.id))
    for each in records:
        state = "in_force" if each.in_force else "replaced"
        statement = each.signed.statement
        answers().print(
            say(
                "annex.list.line",
                authority=statement.authority,
                number=statement.annex.number,
                annex=statement.annex.id,
                at=statement.at.isoformat(),
                state=say(f"annex.list.{state}"),
            )
        )


def _read(file: Path) -> LoadedAnnex | tuple[Fault, ...]:
    return load_annex_text(read_bytes(file, size_bytes_max=FILE_BYTES_MAX))


def _agreement(file: Path, loaded: LoadedAnnex, asked: str | None) -> LoadedScheme:
    """The agreement that is named, or else the one of the annex's id, beside the file too."""
    if asked is not None:
        return named_scheme(asked)
    beside = load_beside(loaded.annex.agreement, file.parent)
    if beside is None:
        raise faulty("--agreement", "no_agreement", agreement=loaded.annex.agreement)
    return beside


def _against(loaded: LoadedAnnex, agreement: LoadedScheme) -> tuple[Fault, ...]:
    """Against the agreement, as if it were signed now."""
    now = datetime.now(UTC)
    return check_annex(agreement.version, loaded.annex, loaded.positions, at=now)


def _first_of(file: Path, faults: tuple[Fault, ...]) -> SendersFaultError:
    first = faults[0]
    sentence = first.message.in_language(spoken_language())
    more = say("problems.more_annex_faults", count=len(faults), file=shown_path(file))
    return SendersFaultError(place_of(file, first), f"{sentence} {more}")


def _as_data(record: AnnexRecord) -> dict[str, object]:
    statement = record.signed.statement
    return {
        "annex": statement.annex.id,
        "authority": statement.authority,
        "number": statement.annex.number,
        "signed_at": statement.at.isoformat(),
        "digest": annex_digest(statement.annex),
        "in_force": record.in_force,
    }
