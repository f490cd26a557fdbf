"""Officers' accounts of an authority: made, listed and closed at its console, by nobody online."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import IntegrityError, connections

from tongguan.adapters.deployment import Deployment
from tongguan.web.setup import prepare

if TYPE_CHECKING:
    from django.contrib.auth.models import User, UserManager

PASSWORD_CHARACTERS_MIN: Final = 12
_NAME: Final = re.compile(r"[a-z][a-z0-9]*([.-][a-z0-9]+)*")
_NAME_CHARACTERS_MAX: Final = 60
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS: Final = 5
_GROUP: Final = 4


class AccountError(ValueError):
    """Why there is no such account: a stable word."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OfficerAccount:
    """An officer's account; its password is kept as a hash alone."""

    user_name: str
    is_open: bool


def require_fit(user_name: str, password: str) -> None:
    """``AccountError`` for a name or a password that no account may have."""
    if len(user_name) > _NAME_CHARACTERS_MAX or not _NAME.fullmatch(user_name):
        raise AccountError("name_unfit")
    if len(password) < PASSWORD_CHARACTERS_MIN:
        raise AccountError("password_short")


def add_account(deployment: Deployment, user_name: str, password: str) -> None:
    """Make an account; ``AccountError`` where the name is taken, or name or password unfit."""
    require_fit(user_name, password)
    with _accounts(deployment) as users:
        try:
            users.create_user(username=user_name, password=password, is_staff=True)
        except IntegrityError:
            raise AccountError("name_taken") from None


def close_account(deployment: Deployment, user_name: str) -> bool:
    """Let nobody sign in with it any more; ``False`` when there is no such open account."""
    with _accounts(deployment) as users:
        found = users.filter(username=user_name, is_staff=True, is_active=True)
        return bool(found.update(is_active=False))


def accounts(deployment: Deployment) -> tuple[OfficerAccount, ...]:
    """Every officer's account, by name."""
    with _accounts(deployment) as users:
        return tuple(
            OfficerAccount(user_name=each.username, is_open=each.is_active)
            for each in users.filter(is_staff=True).order_by("username")
        )


def new_password() -> str:
    """A password that nobody chose: five groups of four, about 99 bits."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


@contextmanager
def _accounts(deployment: Deployment) -> Iterator["UserManager[User]"]:
    prepare(deployment)
    from django.contrib.auth.models import User  # noqa: PLC0415 - needs the settings

    try:
        yield User.objects
    finally:
        connections.close_all()
