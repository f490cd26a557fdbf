"""``tongguan health issuer``: whose certificates an authority takes as evidence."""

from pathlib import Path
from typing import Final

import typer

from tongguan.app.health.certificate_issuers import IssuerKey, issuer_keys
from tongguan.cli.console import answers, print_json
from tongguan.cli.deployments import authority_at
from tongguan.cli.health_commands import health
from tongguan.cli.options import AuthorityOption, DataOption, JsonOption, authority_named
from tongguan.cli.speech import say

issuer = typer.Typer(help=say("health.issuer.help"), no_args_is_help=True, rich_markup_mode=None)
health.add_typer(issuer, name="issuer")
_DATA: Final = Path(".data")


@issuer.command("list", help=say("health.issuer.list.help"))
def show(authority: AuthorityOption, data: DataOption = _DATA, as_json: JsonOption = False) -> None:
    """Show every enrolled key, and those that are gone but on which certificates rest."""
    with authority_at(data, authority_named(authority)) as opened:
        found = issuer_keys(opened.authority)
    if as_json:
        print_json([_as_data(each) for each in found])
        return
    for each in found:
        answers().print(_line(each))
    if not found:
        answers().print(say("health.issuer.list.none"))


def _line(each: IssuerKey) -> str:
    if each.issuer is None:
        return say("health.issuer.list.gone", key_id=each.key_id, brought=each.brought)
    return say(
        "health.issuer.list.line",
        key_id=each.key_id,
        issuer=each.issuer,
        until="–" if each.not_after is None else each.not_after.date().isoformat(),
        brought=each.brought,
    )


def _as_data(each: IssuerKey) -> dict[str, object]:
    return {
        "key_id": each.key_id,
        "issuer": each.issuer,
        "enrolled": each.is_enrolled,
        "not_after": None if each.not_after is None else each.not_after.isoformat(),
        "brought": each.brought,
    }
