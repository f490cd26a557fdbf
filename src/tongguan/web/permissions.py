"""Who may use a route: every route declares one permission, and the declaration guards it."""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.models import AbstractUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import patch_cache_control

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

OPENED_APPLICATION = "opened_application"
"""Session key: the id of the application that was opened with its reference and secret."""
OPENED_REGISTRATION = "opened_registration"
"""Session key: the id of the registration for health codes that was opened the same way."""


class Permission(StrEnum):
    """What a request must show; published with the routes, in alphabetical order."""

    ANYONE = "anyone"
    """Nothing."""
    APPLICANT = "applicant"
    """The reference and secret of the application it is about."""
    GATE = "gate"
    """The token of an enrolled gate that has not been withdrawn."""
    OFFICER = "officer"
    """An officer's account of this authority."""
    REGISTERED = "registered"
    """The reference and secret of the registration for health codes it is about."""


def allows(permission: Permission) -> Callable[[View[P]], View[P]]:
    """Guard a page: who does not hold the permission is sent to where it is obtained."""

    def declare(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            response = _sent_away(permission, request) or view(request, *args, **kwargs)
            if permission is not Permission.ANYONE:
                patch_cache_control(response, private=True, no_store=True)
            return response

        guarded.permission = permission  # type: ignore[attr-defined]
        return cast("View[P]", guarded)

    return declare


def permission_of(view: object) -> Permission | None:
    """The permission a route declares, or ``None`` when it declares none."""
    declared = getattr(view, "permission", None)
    return declared if isinstance(declared, Permission) else None


def _sent_away(permission: Permission, request: HttpRequest) -> HttpResponse | None:
    match permission:
        case Permission.ANYONE:
            return None
        case Permission.APPLICANT:
            return None if request.session.get(OPENED_APPLICATION) else redirect("sign-in")
        case Permission.OFFICER:
            return None if is_officer(request) else redirect("desk-sign-in")
        case Permission.REGISTERED:
            known = request.session.get(OPENED_REGISTRATION)
            return None if known else redirect("health-code-sign-in")
        case Permission.GATE:
            raise ValueError("a gate calls the API, never a page")


def is_officer(request: HttpRequest) -> bool:
    """Whether an officer of this authority is signed in."""
    return is_officer_account(request.user)


def is_officer_account(user: object) -> bool:
    """Whether an account is an officer's and still open."""
    return isinstance(user, AbstractUser) and user.is_active and user.is_staff
