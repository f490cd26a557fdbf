"""Facts that people carry between the authorities: shown, then signed; read, then taken in."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe

from tongguan.adapters.barcode import VERSION_MAX, CodeTooLargeError, qr_svg
from tongguan.adapters.statement_words import fact_in_words
from tongguan.app.authorities import KeyUnavailableError
from tongguan.app.health.conversion import (
    StatementRefusal,
    StatementRefused,
    facts_to_state,
    read_carried,
    state_facts,
    take_in_statement,
)
from tongguan.app.registration.store import Registration
from tongguan.app.schemes import NothingHoldsError
from tongguan.core.evidence.statement import FactsStatement, StatedFact
from tongguan.web.forms import Form, long_text_field, said
from tongguan.web.languages import current_language
from tongguan.web.pages.findings import authority_name
from tongguan.web.pages.health_codes import closed
from tongguan.web.pages.registrations import opened, rules_or_404
from tongguan.web.permissions import Permission, allows
from tongguan.web.service import current_authority, current_reader

STATEMENT_CHARACTERS_MAX = 4000
_LINE_ENDS = str.maketrans("", "", "\r\n\t")


@allows(Permission.REGISTERED)
def state(request: HttpRequest) -> HttpResponse:
    """Everything that a statement would hold; pressed, it is signed, to be carried."""
    registration = opened(request)
    if registration is None:
        return closed(request)
    rules_or_404()
    facts = facts_to_state(current_authority(), registration)
    if isinstance(facts, StatementRefused):
        refused = {"fault": refusal_said(facts.code)}
        return render(request, "conversion/state.html", refused, status=409)
    lines = lines_of((*facts.grounds, *facts.tests, *facts.doses))
    context: dict[str, Any] = {"lines": lines, "seen": digest_of(lines)}
    status = 200
    if request.method == "POST":
        if request.POST.get("seen") == context["seen"] and lines:
            made, fault = signed(registration, lines)
            context |= made | {"fault": fault}
            status = 409 if fault else 200
        else:
            context["fault"] = current_reader().words("health_pages.convert.changed")
            status = 409
    return render(request, "conversion/state.html", context, status=status)


def signed(registration: Registration, seen: Sequence[str]) -> tuple[dict[str, Any], str]:
    """What a page shows of the signed text with its picture, or why there is none.

    Nothing is given out whose facts are not those that were seen.
    """
    reader = current_reader()
    try:
        stated = state_facts(current_authority(), registration)
    except NothingHoldsError:
        return {}, said("nothing_holds")
    except KeyUnavailableError:
        return {}, reader.words("health_pages.convert.no_key")
    if isinstance(stated, StatementRefused):
        return {}, refusal_said(stated.code)
    lines = lines_of(stated.statement.facts)
    if lines != tuple(seen):  # something arrived in the same moment
        changed = reader.words("health_pages.convert.changed")
        return {"lines": lines, "seen": digest_of(lines)}, changed
    made = {"text": stated.text, "picture": picture_of(stated.text)}
    return contents_of(stated.statement) | made, ""


@allows(Permission.REGISTERED)
def bring(request: HttpRequest) -> HttpResponse:
    """Paste a statement of the other side, see what is in it, take it in."""
    registration = opened(request)
    if registration is None:
        return closed(request)
    rules_or_404()
    form = StatementForm(request.POST or None)
    statement, status = None, 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            if request.POST.get("step") == "take":
                if take_in(form, registration):
                    return redirect("health-code-show")
            else:
                statement = readable(form, registration)
                status = 400 if statement is None else 200
    context: dict[str, Any] = {"form": form}
    if statement is not None:
        context |= contents_of(statement) | {"text": form.carried()}
    return render(request, "conversion/bring.html", context, status=status)


def contents_of(statement: FactsStatement) -> dict[str, Any]:
    """What a page shows of a statement: everything that is in it."""
    return {
        "statement": statement,
        "lines": lines_of(statement.facts),
        "issuer": authority_name(statement.issuer),
    }


def readable(form: "StatementForm", registration: Registration) -> FactsStatement | None:
    """The statement in a valid form, if it may be taken in; the form says why not."""
    try:
        found = read_carried(current_authority(), registration, form.carried())
    except NothingHoldsError:
        form.add_error(None, said("nothing_holds"))
        return None
    if isinstance(found, StatementRefused):
        form.add_error("statement", refusal_said(found.code))
        return None
    return found


def take_in(form: "StatementForm", registration: Registration) -> bool:
    """Take in the statement of a valid form; the form says why nothing was."""
    answer = take_in_statement(current_authority(), registration, form.carried())
    if isinstance(answer, StatementRefused):
        form.add_error("statement", refusal_said(answer.code))
        return False
    return True


def refusal_said(code: StatementRefusal) -> str:
    """Why there is no statement or none was taken in, and what can be done."""
    reader = current_reader()
    parts = (f"recognition.refusals.{code}.{part}" for part in ("title", "remedy"))
    return " ".join(reader.words(each) for each in parts)


def lines_of(facts: Iterable[StatedFact]) -> tuple[str, ...]:
    """Facts in words, a line each."""
    zone = rules_or_404().colours.zone
    return tuple(fact_in_words(each, current_language(), zone) for each in facts)


def digest_of(lines: Sequence[str]) -> str:
    """What stands for the facts that were shown, so that no others are signed."""
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def picture_of(text: str, version_max: int = VERSION_MAX) -> SafeString | None:
    """The QR code of a statement; ``None`` where there is too much in it for one."""
    try:
        # Drawn by the barcode adapter from a signed text; it holds no input.
        return mark_safe(qr_svg(text, version_max=version_max))  # noqa: S308
    except CodeTooLargeError:
        return None


class StatementForm(Form):
    """The text of a statement, as it was carried here."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.fields["statement"] = long_text_field(
            "statement", characters_max=STATEMENT_CHARACTERS_MAX, strip=False
        )

    def carried(self) -> str:
        """The text without what carrying added: a space within it may be part of it."""
        return str(self.cleaned_data["statement"]).translate(_LINE_ENDS).lstrip(" ")
