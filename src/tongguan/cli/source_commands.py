"""``tongguan source``: read a published source, keep its record, relate it to a scheme."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from tongguan.adapters.sources.addresses import plain_address
from tongguan.adapters.sources.agreement import Agreement, agreement_of, entry_for
from tongguan.adapters.sources.apart import read_apart
from tongguan.adapters.sources.decoding import SIZE_BYTES_MAX
from tongguan.adapters.sources.keeping import KeptSource, Shelf, kept_as_data
from tongguan.adapters.sources.languages import language_of_tag
from tongguan.adapters.sources.reading import Given
from tongguan.adapters.sources.records import record_block, remarked, source_id
from tongguan.adapters.sources.refusals import SourceRefusedError
from tongguan.adapters.words import fill, text
from tongguan.app.schemes import scheme_record
from tongguan.cli.console import answers, print_json, remarks
from tongguan.cli.deployments import authority_at, made_directory
from tongguan.cli.options import DATA_DEFAULT, DataOption, JsonOption, authority_named, help_of
from tongguan.cli.problems import ExitCode, SendersFaultError, clipped, failing, faulty
from tongguan.cli.reading import read_bytes, shown_path
from tongguan.cli.scheme_data import text_as_data
from tongguan.cli.scheme_files import named_scheme
from tongguan.cli.source_view import (
    agreement_as_data,
    print_agreement,
    print_shelf,
    print_source,
    remark_as_data,
)
from tongguan.cli.speech import say, spoken_language
from tongguan.core.identifiers import SourceId, VersionId
from tongguan.core.scheme.model import Version
from tongguan.core.texts import Language, Text

source = typer.Typer(help=say("source.help"), no_args_is_help=True, rich_markup_mode=None)

ZONE_DEFAULT = "Asia/Hong_Kong"

YamlOption = Annotated[bool, typer.Option("--yaml", help=help_of("yaml"))]
SourceIdArgument = Annotated[
    str, typer.Argument(metavar="ID", help=help_of("source_id"), show_default=False)
]


@source.command("add", help=say("source.add.help"))
def add(  # noqa: PLR0917 - options, which people give by name
    file: Annotated[Path, typer.Argument(metavar="FILE", help=help_of("source_file"))],
    scheme_id: Annotated[
        str, typer.Option("--scheme", metavar="ID|FILE", help=help_of("source_scheme"))
    ] = "",
    authority: Annotated[
        str, typer.Option("--authority", metavar="ID", help=help_of("source_authority"))
    ] = "",
    name: Annotated[str, typer.Option("--id", metavar="ID", help=help_of("source_name"))] = "",
    url: Annotated[str, typer.Option("--url", metavar="URL", help=help_of("source_url"))] = "",
    language: Annotated[
        str, typer.Option("--language", metavar="TAG", help=help_of("source_language"))
    ] = "",
    zone: Annotated[str, typer.Option("--zone", metavar="ZONE", help=help_of("source_zone"))] = "",
    data: DataOption = DATA_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Keep the record and the sanitised text of a source; exit 1 when a scheme says otherwise."""
    version = _version(scheme_id, authority, data) if scheme_id else None
    given = _given(url, language, zone, version)
    content = read_bytes(file, size_bytes_max=SIZE_BYTES_MAX)
    with _refusals_said(shown_path(file), as_json=as_json), _written(data):
        reading = read_apart(content, given)
        entry = entry_for(version, url=reading.url, name=name or None) if version else None
        chosen = name or (entry.id if entry else source_id(reading, given.zone))
        kept, is_new = Shelf(data=made_directory(data)).keep(reading, SourceId(chosen))
    compared = agreement_of(kept, entry, version) if version and entry else None
    if as_json:
        print_json(_added_as_data(kept, version, compared, is_new=is_new))
    else:
        _print_added(kept, version, compared, data, is_new=is_new)
    if compared is not None and not compared.agrees:
        raise typer.Exit(ExitCode.REFUSED)


@source.command("list", help=say("source.list.help"))
def list_(data: DataOption = DATA_DEFAULT, as_json: JsonOption = False) -> None:
    """Every source that is kept."""
    shelf = Shelf(data=data)
    kept = [_found(shelf, name) for name in shelf.ids()]
    if as_json:
        print_json({"sources": [kept_as_data(each) for each in kept]})
    else:
        print_shelf(kept)


@source.command("show", help=say("source.show.help"))
def show(
    name: SourceIdArgument,
    data: DataOption = DATA_DEFAULT,
    as_yaml: YamlOption = False,
    as_text: Annotated[bool, typer.Option("--text", help=help_of("text"))] = False,
    as_json: JsonOption = False,
) -> None:
    """One source: its record and what was read, the record alone, or the text alone."""
    if as_yaml + as_text + as_json > 1:
        raise faulty("--json --text --yaml", "one_form")
    kept = _found(Shelf(data=data), name)
    if as_json:
        reading = kept.reading
        print_json({**kept_as_data(kept), "html": reading.fragment, "text": reading.plain})
    elif as_yaml:
        answers().print(record_block(kept.source), end="", soft_wrap=True)
    elif as_text:
        answers().print(kept.reading.plain, soft_wrap=True)
    else:
        print_source(kept)


def _given(url: str, language: str, zone: str, version: Version | None) -> Given:
    """What the options say. Raises ``SendersFaultError``."""
    address = plain_address(url) if url else None
    if url and address is None:
        raise faulty("--url", "no_url", given=clipped(url, 80))
    if language and language_of_tag(language) is None:
        raise faulty("--language", "no_language")
    chosen = zone or (version.zone if version else ZONE_DEFAULT)
    try:
        ZoneInfo(chosen)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise faulty("--zone", "no_such_zone") from None
    return Given(zone=chosen, url=address, language=language or None)


def _version(name: str, authority: str, data: Path) -> Version:
    """The version that comes along or stands in a file; with an authority, the one it adopted."""
    if authority:
        with authority_at(data, authority_named(authority)) as opened:
            record = scheme_record(opened.authority, VersionId(name))
        if record is not None:
            return record.version
    return named_scheme(name).version


def _found(shelf: Shelf, name: str) -> KeptSource:
    with _refusals_said(shown_path(shelf.folder), as_json=False), _written(shelf.data):
        kept = shelf.find(name)
    if kept is None:
        known = ", ".join(shelf.ids()) or say("source.list.none")
        raise faulty(clipped(name, 80), "no_source", known=clipped(known))
    return kept


@contextmanager
def _refusals_said(place: str, *, as_json: bool) -> Iterator[None]:
    """A refusal ends the command with 2: in words, or as JSON in three languages."""
    try:
        yield
    except SourceRefusedError as refused:
        said = _message(refused)
        if not as_json:
            message = f"{said.in_language(spoken_language())} ({refused.code.value})"
            raise SendersFaultError(place, message) from None
        message_data = {"code": refused.code.value, "message": text_as_data(said)}
        print_json({"file": place, "refused": message_data})
        raise typer.Exit(ExitCode.SENDERS_FAULT) from None


def _message(refused: SourceRefusedError) -> Text:
    template = text(f"sources.refusals.{refused.code.value}")
    facts = {key: clipped(value, 120) for key, value in refused.facts.items()}
    return Text(
        zh_hant=fill(template, Language.ZH_HANT, **facts),
        zh_hans=fill(template, Language.ZH_HANS, **facts),
        en=fill(template, Language.EN, **facts),
    )


@contextmanager
def _written(data: Path) -> Iterator[None]:
    """The disk's fault ends the command with 3."""
    try:
        yield
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise failing(shown_path(data), "unwritable", why=why) from None


def _print_added(
    kept: KeptSource,
    version: Version | None,
    compared: Agreement | None,
    data: Path,
    *,
    is_new: bool,
) -> None:
    console = remarks()
    key = "source.add.kept" if is_new else "source.add.kept_before"
    folder = shown_path(Shelf(data=data).folder)
    console.print(say(key, id=kept.source.id, folder=folder))
    for each in remarked(kept.reading, datetime.now(UTC)):
        console.print(f"• {each.in_language(spoken_language())}")
    if compared is not None and version is not None:
        print_agreement(compared, version)
        return
    if version is not None:
        console.print(say("source.add.to_paste", version=version.id))
    answers().print(record_block(kept.source), end="", soft_wrap=True)


def _added_as_data(
    kept: KeptSource, version: Version | None, compared: Agreement | None, *, is_new: bool
) -> dict[str, object]:
    said = [remark_as_data(each) for each in remarked(kept.reading, datetime.now(UTC))]
    added = {**kept_as_data(kept), "new": is_new, "remarks": said}
    if version is not None:
        added["scheme"] = agreement_as_data(compared, version)
    return added
