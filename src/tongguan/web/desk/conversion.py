"""Facts carried between the authorities with the person at the counter, and on paper."""

from typing import Any, Final

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tongguan.adapters.barcode import SHEET_VERSION_MAX
from tongguan.app.health.conversion import StatementRefused, facts_to_state
from tongguan.app.registration.store import Registration
from tongguan.web.desk.slips import SecretForm, looked_at, slip_status
from tongguan.web.desk.units import desk_head
from tongguan.web.pages.conversion import (
    StatementForm,
    contents_of,
    digest_of,
    lines_of,
    picture_of,
    readable,
    refusal_said,
    signed,
    take_in,
)
from tongguan.web.permissions import Permission, allows
from tongguan.web.service import current_authority, current_reader

_SALT: Final = "tongguan.desk.statement"
_SECONDS_TO_SIGN: Final = 600
"""How long after the person typed the secret the facts that they were shown can be signed."""


@allows(Permission.OFFICER)
def state(request: HttpRequest, reference: str) -> HttpResponse:
    """With the person's secret everything that a statement would hold; then it is signed."""
    officer = request.user.get_username()
    found = looked_at(reference, officer)
    context = desk_head(request) | {"registration": found}
    agreed = request.POST.get("agreed")
    form = SecretForm(request.POST if request.method == "POST" and agreed is None else None)
    shown: dict[str, Any] = {}
    status = 200
    if agreed is not None:
        shown, status = _signed(found, officer, agreed)
    elif request.method == "POST":
        status = slip_status(form, found)
        if status == 200:
            shown, status = _shown(found, officer)
    template = "statement_sheet" if "text" in shown else "state"
    context |= {"form": form} | shown
    return render(request, f"desk/health/{template}.html", context, status=status)


def _shown(found: Registration, officer: str) -> tuple[dict[str, Any], int]:
    """The facts, with what stands for their having been shown; or why there are none to show."""
    facts = facts_to_state(current_authority(), found)
    if isinstance(facts, StatementRefused):
        return {"fault": refusal_said(facts.code)}, 409
    lines = lines_of((*facts.grounds, *facts.tests, *facts.doses))
    terms = [found.id, officer, digest_of(lines)]
    return {"lines": lines, "terms": terms, "agreed": signing.dumps(terms, salt=_SALT)}, 200


def _signed(found: Registration, officer: str, agreed: str) -> tuple[dict[str, Any], int]:
    """The statement, where it holds what this officer and this person were shown a moment ago."""
    shown, status = _shown(found, officer)
    if status != 200:
        return shown, status
    if _terms(agreed) != shown["terms"] or not shown["lines"]:
        return {"fault": current_reader().words("desk_health.state.again")}, 409
    made, fault = signed(found, shown["lines"])
    if fault:
        return {"fault": fault}, 409
    return made | {"picture": picture_of(made["text"], SHEET_VERSION_MAX)}, 200


def _terms(agreed: str) -> object:
    """Whose facts were shown to whom, and which; ``None`` of what is too old or not from here."""
    try:
        return signing.loads(agreed, salt=_SALT, max_age=_SECONDS_TO_SIGN)
    except signing.BadSignature:
        return None


@allows(Permission.OFFICER)
def bring(request: HttpRequest, reference: str) -> HttpResponse:
    """Read what the person brought, show them what is in it; with their secret it is taken in."""
    found = looked_at(reference, request.user.get_username())
    form, is_taking = StatementForm(request.POST or None), request.POST.get("step") == "take"
    secret, status = SecretForm(request.POST if is_taking else None), 200
    context = desk_head(request) | {"registration": found, "form": form, "secret": secret}
    if request.method == "POST":
        statement = readable(form, found) if form.is_valid() else None
        status = 400
        if statement is not None:
            context |= contents_of(statement) | {"carried": form.carried()}
            status = slip_status(secret, found) if is_taking else 200
            if is_taking and status == 200:
                if take_in(form, found):
                    return render(request, "desk/health/taken_sheet.html", context)
                status = 400
    return render(request, "desk/health/bring.html", context, status=status)
