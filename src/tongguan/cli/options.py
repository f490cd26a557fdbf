"""Options that several commands share, each with the one sentence that explains it."""

import os
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from tongguan.cli.problems import faulty
from tongguan.cli.speech import say
from tongguan.core.identifiers import AuthorityId

DATA_DEFAULT: Final = Path(".data")
DATA_VARIABLE: Final = "TONGGUAN_DATA"
DATABASE_VARIABLE: Final = "DATABASE_URL"


def help_of(option: str) -> str:
    """The sentence that explains an option or argument."""
    return say(f"options.{option}")


JsonOption = Annotated[bool, typer.Option("--json", help=help_of("json"))]
DataOption = Annotated[
    Path,
    typer.Option(
        "--data", metavar="DIR", envvar=DATA_VARIABLE, show_envvar=False, help=help_of("data")
    ),
]
AuthorityOption = Annotated[
    str,
    typer.Option("--authority", metavar="ID", help=help_of("authority"), show_default=False),
]


def authority_named(text: str, place: str = "--authority") -> AuthorityId:
    """An authority's id such as ``HK``; it also names a directory, so nothing else passes."""
    if not (text.isascii() and text.isalpha() and text.isupper() and 2 <= len(text) <= 8):
        raise faulty(place, "no_authority_id")
    return AuthorityId(text)


def day_named(text: str, place: str) -> date:
    """A day written YYYY-MM-DD."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise faulty(place, "no_day") from None


def instant_named(text: str, place: str) -> datetime:
    """An instant in ISO 8601 with its zone."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise faulty(place, "no_instant") from None
    if instant.tzinfo is None:
        raise faulty(place, "no_zone")
    return instant


def given_database_url() -> str | None:
    """The PostgreSQL server that the surroundings name, if any."""
    return os.environ.get(DATABASE_VARIABLE) or None
