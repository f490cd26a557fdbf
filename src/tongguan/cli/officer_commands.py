"""``tongguan officer``: who works at the desk, and in which unit, an act at the console."""

import getpass
from typing import Annotated, Final

import typer

from tongguan.app.control.units import UnitUnfitError, put_in_unit, require_unit, units
from tongguan.cli.console import answers, print_json, remarks
from tongguan.cli.deployments import OpenedAuthority, authority_at
from tongguan.cli.options import (
    DATA_DEFAULT,
    AuthorityOption,
    DataOption,
    JsonOption,
    authority_named,
    help_of,
)
from tongguan.cli.problems import SendersFaultError, clipped, faulty
from tongguan.cli.speech import say

officer = typer.Typer(help=say("officer.help"), no_args_is_help=True, rich_markup_mode=None)
_SHOWN_MAX: Final = 60

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help=help_of("officer_name"))]


@officer.command("add", help=say("officer.add.help"))
def add(
    name: NameArgument,
    *,
    authority: AuthorityOption,
    unit: Annotated[
        str,
        typer.Option("--unit", metavar="UNIT", help=help_of("officer_unit"), show_default=False),
    ],
    ask_password: Annotated[
        bool, typer.Option("--ask-password", help=help_of("officer_ask_password"))
    ] = False,
    data: DataOption = DATA_DEFAULT,
) -> None:
    """Make an account; its password is typed here, or made and shown this once."""
    # Loads Django, which few commands need.
    from tongguan.web.officer_accounts import (  # noqa: PLC0415
        AccountError,
        add_account,
        new_password,
        require_fit,
    )

    _require_unit(unit)
    with authority_at(data, authority_named(authority)) as opened:
        try:
            require_fit(name, new_password())
            password = _typed() if ask_password else new_password()
            add_account(opened.deployment, name, password)
        except AccountError as error:
            raise faulty(clipped(name, _SHOWN_MAX), f"officer_{error}") from None
        _put(opened, name, unit)
    answers().print(say("officer.add.done", officer=name, unit=unit))
    if not ask_password:
        answers().print(say("officer.add.password", password=password))
        remarks().print(say("officer.add.once"))


@officer.command("unit", help=say("officer.unit.help"))
def move(
    name: NameArgument,
    unit: Annotated[str, typer.Argument(metavar="UNIT", help=help_of("officer_unit"))],
    *,
    authority: AuthorityOption,
    data: DataOption = DATA_DEFAULT,
) -> None:
    """Put an officer into another unit; what they did before counts on against both."""
    _require_unit(unit)
    with authority_at(data, authority_named(authority)) as opened:
        _require_account(opened, name)
        is_new = _put(opened, name, unit)
    key = "done" if is_new else "same"
    answers().print(say(f"officer.unit.{key}", officer=name, unit=unit))


@officer.command("close", help=say("officer.close.help"))
def close(
    name: NameArgument, *, authority: AuthorityOption, data: DataOption = DATA_DEFAULT
) -> None:
    """Close an account at once; what was done with it stays on record."""
    from tongguan.web.officer_accounts import close_account  # noqa: PLC0415 - loads Django

    with authority_at(data, authority_named(authority)) as opened:
        if not close_account(opened.deployment, name):
            raise _unknown(name)
    answers().print(say("officer.close.done", officer=name))


@officer.command("list", help=say("officer.list.help"))
def show(
    *, authority: AuthorityOption, data: DataOption = DATA_DEFAULT, as_json: JsonOption = False
) -> None:
    """List the officers with their units."""
    from tongguan.web.officer_accounts import accounts  # noqa: PLC0415 - loads Django

    with authority_at(data, authority_named(authority)) as opened:
        found, in_units = accounts(opened.deployment), units(opened.authority)
    if as_json:
        print_json(
            [
                {
                    "officer": each.user_name,
                    "unit": in_units.get(each.user_name),
                    "is_open": each.is_open,
                }
                for each in found
            ]
        )
        return
    for each in found:
        unit = in_units.get(each.user_name, say("officer.list.no_unit"))
        key = "line" if each.is_open else "closed"
        answers().print(say(f"officer.list.{key}", officer=each.user_name, unit=unit))
    if not found:
        answers().print(say("officer.list.none"))


def _typed() -> str:
    """A password from the terminal, typed twice and never shown."""
    prompt = say("officer.add.ask")
    typed: str = typer.prompt(prompt, hide_input=True, confirmation_prompt=True, err=True)
    return typed


def _put(opened: OpenedAuthority, name: str, unit: str) -> bool:
    return put_in_unit(opened.authority, name, unit, by=f"cli {getpass.getuser()}")


def _require_unit(unit: str) -> None:
    try:
        require_unit(unit)
    except UnitUnfitError:
        raise faulty(clipped(unit, _SHOWN_MAX), "officer_unit_unfit") from None


def _require_account(opened: OpenedAuthority, name: str) -> None:
    from tongguan.web.officer_accounts import accounts  # noqa: PLC0415 - loads Django

    if all(each.user_name != name for each in accounts(opened.deployment)):
        raise _unknown(name)


def _unknown(name: str) -> SendersFaultError:
    return faulty(clipped(name, _SHOWN_MAX), "officer_unknown")
