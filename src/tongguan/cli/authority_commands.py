"""``tongguan authority``: make an authority, show its keys, trust the other side's."""

import base64
import json
import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from tongguan.adapters.peer_http import HttpPeerSource, PeerUnreachableError
from tongguan.app.peers import PeerRefusedError, trust_peer
from tongguan.app.publishing import published_keys
from tongguan.app.recognition import issue_trust_list
from tongguan.cli.console import answers, print_json
from tongguan.cli.deployments import OpenedAuthority, authority_at, make_authority, reached_database
from tongguan.cli.options import AuthorityOption, DataOption, JsonOption, authority_named, help_of
from tongguan.cli.problems import ExitCode, clipped, failing, faulty
from tongguan.cli.reading import read_text, shown_path
from tongguan.cli.speech import say
from tongguan.core.credentials.faults import Unreadable
from tongguan.core.credentials.published import claimed_fingerprint

authority = typer.Typer(help=say("authority.help"), no_args_is_help=True, rich_markup_mode=None)
_DATA: Final = Path(".data")


@authority.command("create", help=say("authority.create.help"))
def create(
    name: AuthorityOption,
    data: DataOption = _DATA,
    demonstration: Annotated[
        bool, typer.Option("--demonstration", help=help_of("demonstration"))
    ] = False,
) -> None:
    """Make an authority's database and keys; what is there already stays as it is."""
    identifier = authority_named(name)
    with reached_database(data, identifier) as deployment:
        made = make_authority(deployment, demonstration=demonstration)
        with authority_at(data, identifier) as opened:
            issue_trust_list(opened.authority)
            kind = "demonstration" if made.demonstration else "real"
            answers().print(say(f"authority.create.{kind}", authority=identifier))
            _print_fingerprint(opened)


@authority.command("keys", help=say("authority.keys.help"))
def keys(name: AuthorityOption, data: DataOption = _DATA, as_json: JsonOption = False) -> None:
    """Show the public keys and the fingerprint; with --json, the signed set for the other side."""
    with authority_at(data, authority_named(name)) as opened:
        signed = published_keys(opened.authority)
        key_set = opened.authority.keys.key_set()
        if as_json:
            print_json(
                {"authority": opened.authority.id, "signed": base64.b64encode(signed).decode()}
            )
            return
        for key in key_set.keys:
            answers().print(
                say(
                    "authority.keys.key",
                    use=key.use.value,
                    state=key.state.value,
                    id=key.key_id.hex(),
                    first=key.not_before.date().isoformat(),
                    last=key.not_after.date().isoformat(),
                )
            )
        _print_fingerprint(opened)


@authority.command("trust", help=say("authority.trust.help"))
def trust(
    source: Annotated[str, typer.Argument(metavar="FILE|URL", help=help_of("key_source"))],
    name: AuthorityOption,
    data: DataOption = _DATA,
    fingerprint: Annotated[
        str | None,
        typer.Option("--fingerprint", metavar="HEX", help=help_of("fingerprint")),
    ] = None,
) -> None:
    """Pin the other side's keys, when the fingerprint is the one that its people told."""
    signed = _fetched(source)
    claimed = claimed_fingerprint(signed)
    if isinstance(claimed, Unreadable):
        raise faulty(clipped(source, 200), "no_key_set", why=claimed.code.value)
    if fingerprint is not None and fingerprint.lower().replace(":", "") != claimed:
        raise faulty("--fingerprint", "fingerprint_differs", fingerprint=claimed)
    if fingerprint is None and not _confirmed(claimed):
        raise typer.Exit(ExitCode.REFUSED)
    url = source if _is_url(source) else None
    with authority_at(data, authority_named(name)) as opened:
        try:
            peer = trust_peer(opened.authority, signed, url=url)
        except PeerRefusedError as error:
            raise faulty(clipped(source, 200), "no_key_set", why=str(error)) from None
    answers().print(
        say("authority.trust.done", authority=peer.authority, fingerprint=peer.fingerprint)
    )


def _print_fingerprint(opened: OpenedAuthority) -> None:
    fingerprint = claimed_fingerprint(published_keys(opened.authority))
    answers().print(
        say("authority.keys.fingerprint", authority=opened.authority.id, fingerprint=fingerprint)
    )


def _confirmed(claimed: str) -> bool:
    """Whether a person at the terminal has compared the fingerprint."""
    if not sys.stdin.isatty():
        raise faulty("--fingerprint", "fingerprint_needed", fingerprint=claimed)
    return typer.confirm(say("authority.trust.compare", fingerprint=claimed), err=True)


def _is_url(source: str) -> bool:
    return source.startswith(("http://", "https://"))


def _fetched(source: str) -> bytes:
    if _is_url(source):
        try:
            return HttpPeerSource(source).keys()
        except PeerUnreachableError as error:
            raise failing(clipped(source, 200), "peer_unreachable", why=str(error)) from None
    path = Path(source)
    try:
        content = json.loads(read_text(path))
        signed = content["signed"] if isinstance(content, dict) else None
        return base64.b64decode(signed, validate=True) if isinstance(signed, str) else b""
    except (ValueError, RecursionError, KeyError):
        raise faulty(shown_path(path), "no_key_set", why="JSON") from None
