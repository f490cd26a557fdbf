"""Prepare a deployment's web: Django's own tables, old sessions gone, officers to try it with."""

import base64
import hmac
from dataclasses import dataclass, field

from django.core.management import call_command
from django.db import OperationalError, connections

from tongguan.adapters.deployment import Deployment, root_keys
from tongguan.adapters.postgres.connections import DatabaseUnavailable
from tongguan.app.authorities import Authority
from tongguan.app.control.units import put_in_unit
from tongguan.web.settings import configure

DEMONSTRATION_OFFICERS = {
    "officer-lam": "case-management",
    "officer-chan": "port-health",
    "officer-ho": "contact-tracing",
    "officer-lee": "inspectorate",
}
"""Each in a unit of their own: some acts take two officers of different units who had no part in
what two others did.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class DemonstrationOfficer:
    """An account to try the desk with; its password follows from the deployment's web key."""

    user_name: str
    password: str = field(repr=False)


def prepare(deployment: Deployment) -> tuple[DemonstrationOfficer, ...]:
    """Configure Django, migrate its tables, drop sessions that ended; again is harmless.

    Gives the demonstration's officers, or nothing for a real authority. Leaves no connection
    open: what is forked afterwards opens its own. Raises ``DatabaseUnavailable`` where the database
    stops answering, as a server does that was killed a moment ago and recovers.
    """
    configure(deployment)
    officers = demonstration_officers(deployment) if deployment.demonstration else ()
    try:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("clearsessions")
        for officer in officers:
            _ensure_account(officer)
    except OperationalError as error:
        raise DatabaseUnavailable(str(error)) from error
    finally:
        connections.close_all()
    return officers


def _ensure_account(officer: DemonstrationOfficer) -> None:
    from django.contrib.auth.models import User  # noqa: PLC0415 - needs the settings

    user, _ = User.objects.get_or_create(username=officer.user_name)
    if not (user.is_staff and user.check_password(officer.password)):
        user.is_staff = True
        user.set_password(officer.password)
        user.save()


def put_officers_in_units(authority: Authority) -> None:
    """Put the demonstration's officers into their units, as its console does; again is harmless."""
    for officer, unit in DEMONSTRATION_OFFICERS.items():
        put_in_unit(authority, officer, unit, by="demonstration")


def demonstration_officers(deployment: Deployment) -> tuple[DemonstrationOfficer, ...]:
    """The accounts of a demonstration, the same at every start."""
    key = root_keys(deployment).web
    return tuple(
        DemonstrationOfficer(user_name=name, password=_password(key, name))
        for name in DEMONSTRATION_OFFICERS
    )


def _password(key: bytes, name: str) -> str:
    digest = hmac.digest(key, b"tongguan/demonstration-officer\x00" + name.encode(), "sha256")
    letters = base64.b32encode(digest[:10]).decode().lower()
    return "-".join(letters[at : at + 4] for at in range(0, 16, 4))
