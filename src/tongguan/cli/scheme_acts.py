"""``tongguan scheme sign``, ``activate``; how what is signed goes to the other side as a file."""

import base64
import json
from binascii import Error as Base64Error
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Final

import typer

from tongguan.adapters.scheme_files import LoadedScheme
from tongguan.app.acts import (
    Activation,
    activate_phase,
    receive_act,
    sign_version,
)
from tongguan.app.annexes import receive_annex
from tongguan.app.authorities import Authority
from tongguan.app.figures import receive_figures
from tongguan.app.publishing import published_acts, published_annexes, published_figures
from tongguan.app.receipts import Receipt
from tongguan.app.schemes import adopt_version
from tongguan.cli.console import answers, print_json, remarks
from tongguan.cli.criteria_words import criterion_as_data, criterion_in_words
from tongguan.cli.deployments import (
    FIRST_INSTANT,
    authority_at,
    is_made,
    make_authority,
    reached_database,
)
from tongguan.cli.neighbours import exchange_with_neighbours
from tongguan.cli.options import (
    AuthorityOption,
    DataOption,
    JsonOption,
    authority_named,
    help_of,
)
from tongguan.cli.problems import ExitCode, faulty
from tongguan.cli.reading import read_text, shown_path
from tongguan.cli.scheme_commands import SchemeArgument, scheme
from tongguan.cli.scheme_data import text_as_data
from tongguan.cli.scheme_files import faultless_scheme, named_scheme
from tongguan.cli.speech import say, spoken_language
from tongguan.cli.version_acts import adopted_scheme, phase_of, require_party, say_act
from tongguan.core.identifiers import AuthorityId
from tongguan.core.scheme.activation import Obstacle, may_activate
from tongguan.core.scheme.model import Phase
from tongguan.core.texts import Text

_DATA: Final = Path(".data")
_SIGNED_FORM: Final = "tongguan-acts-2"
_SIGNED_BYTES_MAX: Final = 16_000_000
"""Years of daily figures of both sides."""
_ACTS_ALONE_FORM: Final = "tongguan-acts-1"
"""Written before annexes and daily figures were handed on too; still read."""
_RECEIVED_BY: Final[Mapping[str, Callable[[Authority, bytes], Receipt]]] = {
    "acts": receive_act,
    "annexes": receive_annex,
    "figures": receive_figures,
}
"""What a file holds, in the order in which it is kept: annexes and figures rest on acts."""

PhaseOption = Annotated[
    str | None,
    typer.Option("--phase", metavar="ID", help=help_of("phase"), show_default=False),
]


@scheme.command("sign", help=say("scheme.sign.help"))
def sign(
    authority: AuthorityOption,
    name: Annotated[
        str | None,
        typer.Argument(metavar="[ID|FILE]", help=help_of("scheme_id"), show_default=False),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="FILE", help=help_of("other_file"), show_default=False),
    ] = None,
    data: DataOption = _DATA,
) -> None:
    """Adopt a version and sign it for one authority."""
    if file is None and name is None:
        raise faulty("ID / --file", "scheme_or_file")
    loaded = faultless_scheme(file) if file is not None else named_scheme(str(name))
    signer = authority_named(authority)
    require_party(loaded, signer)
    if not is_made(data, signer):
        _make_demonstration(data, signer)
    with authority_at(data, signer) as opened:
        signed = sign_version(opened.authority, adopt_version(opened.authority, loaded.canonical))
        exchange_with_neighbours(opened)
    say_act("scheme.sign.done", signed)


@scheme.command("activate", help=say("scheme.activate.help"))
def activate(
    *,
    name: SchemeArgument,
    authority: Annotated[
        str | None,
        typer.Option(
            "--authority", metavar="ID", help=help_of("authority_or_booking"), show_default=False
        ),
    ] = None,
    phase: PhaseOption = None,
    although: Annotated[
        str | None,
        typer.Option("--although", metavar="TEXT", help=help_of("although"), show_default=False),
    ] = None,
    data: DataOption = _DATA,
    as_json: JsonOption = False,
) -> None:
    """Activate a phase; exit 1 and every obstacle named while anything stands against it."""
    reason = None if although is None else Text(zh_hant=although, zh_hans=although, en=although)
    loaded, chosen, activation = activated(name, authority, phase, reason, data)
    if as_json:
        print_json(
            {
                "version": loaded.version.id,
                "digest": loaded.digest,
                "activated": activation.act is not None,
                "obstacles": [obstacle_as_data(each) for each in activation.obstacles],
                "criteria": [criterion_as_data(each) for each in activation.criteria],
            }
        )
    elif activation.act is not None:
        say_act("scheme.activate.done", activation.act, phase=chosen.id)
    else:
        print_obstacles(loaded, activation)
    if activation.act is None:
        raise typer.Exit(ExitCode.REFUSED)


@scheme.command("export-acts", help=say("scheme.export.help"))
def export_acts(authority: AuthorityOption, data: DataOption = _DATA) -> None:
    """Write all that is signed and held here to standard output, for the other side."""
    with authority_at(data, authority_named(authority)) as opened:
        held = {
            "acts": published_acts(opened.authority),
            "annexes": published_annexes(opened.authority),
            "figures": published_figures(opened.authority),
        }
    written = {
        kind: [base64.b64encode(each).decode() for each in messages]
        for kind, messages in held.items()
    }
    print_json({"form": _SIGNED_FORM} | written)


@scheme.command("import-acts", help=say("scheme.import.help"))
def import_acts(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=help_of("acts_file"))],
    authority: AuthorityOption,
    data: DataOption = _DATA,
) -> None:
    """Keep what a file holds that trusted authorities signed; exit 1 when one was refused."""
    held = _signed_in(file)
    new, refused = 0, False
    with authority_at(data, authority_named(authority)) as opened:
        for kind, messages in held.items():
            for number, message in enumerate(messages):
                receipt = _RECEIVED_BY[kind](opened.authority, message)
                new += receipt.is_new
                if receipt.refused is not None:
                    refused = True
                    facts = {"number": number, "why": receipt.refused}
                    answers().print(say(f"scheme.import.refused_{kind}", **facts))
    counts = {kind: len(messages) for kind, messages in held.items()}
    answers().print(say("scheme.import.done", new=new, **counts))
    if refused:
        raise typer.Exit(ExitCode.REFUSED)


def activated(
    name: str, authority: str | None, phase: str | None, although: Text | None, data: Path
) -> tuple[LoadedScheme, Phase, Activation]:
    """Adopt the version and activate the phase; both, and the act or every obstacle."""
    loaded, actor = meant(name, authority, data)
    chosen = phase_of(loaded, phase)
    if not is_made(data, actor):
        # Where nobody has signed anything, the text alone says what stands against it.
        remarks().print(say("scheme.activate.nobody", data=data, authority=actor))
        decision = may_activate(loaded.version, loaded.digest, (), chosen.id, FIRST_INSTANT)
        return loaded, chosen, Activation(act=None, obstacles=decision.obstacles)
    with authority_at(data, actor) as opened:
        exchange_with_neighbours(opened)
        loaded = adopted_scheme(opened, name)
        adopt_version(opened.authority, loaded.canonical)
        activation = activate_phase(opened.authority, loaded.digest, chosen.id, although=although)
        exchange_with_neighbours(opened)
    return loaded, chosen, activation


def meant(name: str, authority: str | None, data: Path) -> tuple[LoadedScheme, AuthorityId]:
    """The version of this name and who acts on it: its booking authority, or the party named.

    An authority that is named is asked first, for it may have adopted a text that is no file here.
    """
    asked = None if authority is None else authority_named(authority)
    if asked is not None and is_made(data, asked):
        with authority_at(data, asked) as opened:
            loaded = adopted_scheme(opened, name)
    else:
        loaded = named_scheme(name)
    actor = asked or booking_authority(loaded)
    require_party(loaded, actor)
    return loaded, actor


def booking_authority(loaded: LoadedScheme) -> AuthorityId:
    """Whoever takes the bookings; while nobody has stated it, the first party."""
    return loaded.version.booking_authority or loaded.version.parties[0].id


def _make_demonstration(data: Path, name: AuthorityId) -> None:
    with reached_database(data, name) as deployment:
        made = make_authority(deployment, demonstration=True)
    kind = "demonstration" if made.demonstration else "real"
    remarks().print(say(f"authority.create.{kind}", authority=name))


def print_obstacles(loaded: LoadedScheme, activation: Activation) -> None:
    """Say everything that stands against the activation."""
    console, language = answers(), spoken_language()
    count = len(activation.obstacles) + len(activation.open_criteria)
    console.print(say("scheme.activate.refused", version=loaded.version.id, count=count))
    for each in activation.obstacles:
        place = f" ({each.path})" if each.path else ""
        console.print(f"• {each.what.in_language(language)}{place}")
    for criterion in activation.open_criteria:
        console.print(f"• {criterion_in_words(criterion)}")
    if activation.open_criteria and not activation.obstacles:
        console.print(say("scheme.activate.although"))


def obstacle_as_data(obstacle: Obstacle) -> dict[str, object]:
    """An obstacle as plain JSON values."""
    return {
        "code": obstacle.code.value,
        "what": text_as_data(obstacle.what),
        "path": obstacle.path,
        "authority": obstacle.authority,
    }


def _signed_in(file: Path) -> Mapping[str, list[bytes]]:
    try:
        content = json.loads(read_text(file, size_bytes_max=_SIGNED_BYTES_MAX))
    except (ValueError, RecursionError):
        raise faulty(shown_path(file), "no_acts") from None
    if isinstance(content, dict) and content.get("form") == _ACTS_ALONE_FORM:
        content = {"annexes": [], "figures": []} | content | {"form": _SIGNED_FORM}
    if not isinstance(content, dict) or content.get("form") != _SIGNED_FORM:
        raise faulty(shown_path(file), "no_acts")
    return {kind: _messages(file, kind, content.get(kind)) for kind in _RECEIVED_BY}


def _messages(file: Path, kind: str, written: object) -> list[bytes]:
    if not isinstance(written, list):
        raise faulty(shown_path(file), "no_acts")
    try:
        return [base64.b64decode(each, validate=True) for each in written]
    except (Base64Error, TypeError, ValueError):
        raise faulty(f"{shown_path(file)} {kind}", "no_base64") from None
