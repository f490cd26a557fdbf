"""Health codes: declare facts, get a colour with its grounds, show the code until 23:59."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe

from tongguan.adapters.barcode import qr_svg
from tongguan.adapters.words import texts
from tongguan.app.applications import RequestIdReusedError
from tongguan.app.health_codes import HealthAnswer, HealthRequest, declare_health
from tongguan.app.schemes import NothingHoldsError
from tongguan.core.area.divisions import DIVISIONS
from tongguan.core.calendar import local_day
from tongguan.core.health.declaration import Arrival, HealthDeclaration, HighRiskStay
from tongguan.core.health.rules import ColourRules
from tongguan.core.identifiers import DivisionCode
from tongguan.core.people import DocumentType
from tongguan.web.context import domain_time
from tongguan.web.forms import (
    Form,
    choice_field,
    day_field,
    document_fields,
    document_of,
    identifier_field,
    said,
    tick_field,
)
from tongguan.web.languages import current_language
from tongguan.web.permissions import Permission, allows
from tongguan.web.sealed import seal, unseal
from tongguan.web.service import current_authority

SHOWN_CODE = "shown_code"
"""Session key: the code that was declared in this browser, sealed."""
TICKS = (
    "confirmed",
    "suspected",
    "close_contact",
    "household_of_close_contact",
    "under_compulsory_quarantine",
)
DAYS = ("symptoms_last_on", "discharged_on", "stay_last_on", "arrived_on")


@dataclass(frozen=True, kw_only=True, slots=True)
class GroundShown:
    """One ground of a colour, as a key of words."""

    title_key: str
    remedy_key: str


@allows(Permission.ANYONE)
def declare(request: HttpRequest) -> HttpResponse:
    """The declaration; sent, it gives a code at once. Not there without rules of a colour."""
    authority = current_authority()
    rules = _rules()
    form = DeclarationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            answer = declare_health(authority, form.request())
        except RequestIdReusedError:
            form.ask_again()
        except NothingHoldsError:
            form.add_error(None, said("nothing_holds"))
        else:
            request.session[SHOWN_CODE] = seal(_kept(answer))
            return redirect("health-code-show")
    return render(
        request,
        "health_codes/declare.html",
        {
            "form": form,
            "rules": rules,
            "ticks": [form[name] for name in TICKS],
            "document": [form[name] for name in form.fields if name.startswith("document_")],
        },
        status=400 if form.errors else 200,
    )


@allows(Permission.ANYONE)
def show(request: HttpRequest) -> HttpResponse:
    """The code that was declared in this browser; nobody else's can be looked up."""
    kept = unseal(request.session.get(SHOWN_CODE, ""))
    if kept is None:
        return redirect("health-code")
    until = datetime.fromisoformat(kept["until"])
    response = render(
        request,
        "health_codes/show.html",
        {
            "colour": kept["colour"],
            "grounds": tuple(
                GroundShown(
                    title_key=f"health.reasons.{each}.title",
                    remedy_key=f"health.reasons.{each}.remedy",
                )
                for each in kept["reasons"]
            ),
            "until": until,
            "is_over": domain_time() >= until,
            # Drawn by the barcode adapter from a signed text; it holds no input.
            "picture": mark_safe(qr_svg(kept["text"])),  # noqa: S308
            "text": kept["text"],
            "rules": _rules(),
        },
    )
    response["Cache-Control"] = "no-store, private"
    return response


def _rules() -> ColourRules:
    """The authority's rules; the pages are not there without any."""
    rules = current_authority().health_rules
    if rules is None:
        raise Http404
    return rules.colours


def _scheme_name(scheme: str) -> str:
    """A deployment's own rules may name schemes that the project has no words for."""
    key = f"travel_schemes.{scheme}"
    return said(key) if f"forms.{key}" in texts() else scheme


class DeclarationForm(Form):
    """Facts about one's own health, as the authority's rules ask for them."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args, initial={"request_id": str(uuid4())})
        self.fields["request_id"] = identifier_field()
        for name, field in document_fields("", tuple(DocumentType)):
            self.fields[name] = field
        for name in TICKS:
            self.fields[name] = tick_field(f"health_{name}")
        for name in DAYS:
            self.fields[name] = day_field(f"health_{name}")
        language = current_language()
        places = [
            (each.code, each.name.in_language(language))
            for each in DIVISIONS
            if each.code.endswith("00")
        ]
        self.fields["stay_division"] = choice_field("health_stay_division", places, required=False)
        schemes = sorted(_rules().schemes_without_effect)
        self.fields["arrival_scheme"] = choice_field(
            "health_arrival_scheme",
            [(each, _scheme_name(each)) for each in schemes],
            required=False,
        )
        self.fields["true"] = tick_field("health_true", required=True)

    def clean(self) -> dict[str, Any]:
        """A passport comes with its issuer, a stay with its place, a day lies not ahead."""
        data = self.cleaned_data
        if data.get("document_type") == DocumentType.PASSPORT and not data.get("document_issuer"):
            self.complain("document_issuer", "document_issuer.missing")
        if bool(data.get("stay_division")) is not bool(data.get("stay_last_on")):
            missing = "stay_last_on" if data.get("stay_division") else "stay_division"
            if missing not in self.errors:
                self.complain(missing, f"health_{missing}.missing")
        today = local_day(domain_time(), _rules().zone)
        for name in DAYS:
            if data.get(name) and data[name] > today:
                self.complain(name, "day_ahead")
        return data

    def request(self) -> HealthRequest:
        """The request that was typed; valid forms only."""
        data = self.cleaned_data
        stays: tuple[HighRiskStay, ...] = ()
        arrivals: tuple[Arrival, ...] = ()
        if data["stay_last_on"]:
            stays = (
                HighRiskStay(
                    division=DivisionCode(data["stay_division"]), last_on=data["stay_last_on"]
                ),
            )
        if data["arrived_on"]:
            arrivals = (
                Arrival(arrived_on=data["arrived_on"], scheme=data["arrival_scheme"] or None),
            )
        return HealthRequest(
            id=data["request_id"],
            document=document_of(data, ""),
            declaration=HealthDeclaration(
                **{name: data[name] for name in TICKS},
                discharged_on=data["discharged_on"],
                symptoms_last_on=data["symptoms_last_on"],
                high_risk_stays=stays,
                arrivals=arrivals,
            ),
        )


def _kept(answer: HealthAnswer) -> dict[str, Any]:
    return {
        "colour": answer.decision.colour.value,
        "reasons": [each.value for each in answer.decision.reasons],
        "until": answer.decision.until.isoformat(),
        "text": answer.text,
    }
