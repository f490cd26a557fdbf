"""What people declare of their own health, at home or at the desk."""

from typing import Any
from uuid import uuid4

from django.forms import BoundField

from tongguan.adapters.words import texts
from tongguan.core.area.divisions import DIVISIONS
from tongguan.core.calendar import local_day
from tongguan.core.health.declaration import Arrival, HealthDeclaration, HighRiskStay
from tongguan.core.health.rules import HealthRules
from tongguan.core.identifiers import DivisionCode
from tongguan.web.context import domain_time
from tongguan.web.forms import (
    SLIP_CHARACTERS_MAX,
    Form,
    choice_field,
    day_field,
    identifier_field,
    said,
    secret_field,
    tick_field,
)
from tongguan.web.languages import current_language

TICKS = (
    "confirmed",
    "suspected",
    "close_contact",
    "household_of_close_contact",
    "under_compulsory_quarantine",
)
DAYS = ("symptoms_last_on", "discharged_on", "stay_last_on", "arrived_on")


def scheme_name(scheme: str) -> str:
    """A deployment's own rules may name schemes that the project has no words for."""
    key = f"travel_schemes.{scheme}"
    return said(key) if f"forms.{key}" in texts() else scheme


class DeclarationForm(Form):
    """Facts about one's own health, as the authority's rules ask for them."""

    def __init__(self, rules: HealthRules, *args: Any) -> None:
        super().__init__(*args, initial={"request_id": str(uuid4())})
        self._zone = rules.colours.zone
        self.fields["request_id"] = identifier_field()
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
        self.fields["arrival_scheme"] = choice_field(
            "health_arrival_scheme",
            [(each, scheme_name(each)) for each in sorted(rules.colours.schemes_without_effect)],
            required=False,
        )
        self.fields["true"] = tick_field("health_true", required=True)

    def ticks(self) -> list[BoundField]:
        """The boxes, in their order."""
        return [self[name] for name in TICKS]

    def clean(self) -> dict[str, Any]:
        """A stay comes with its place, a day lies not ahead."""
        data = self.cleaned_data
        if bool(data.get("stay_division")) is not bool(data.get("stay_last_on")):
            missing = "stay_last_on" if data.get("stay_division") else "stay_division"
            if missing not in self.errors:
                self.complain(missing, f"health_{missing}.missing")
        today = local_day(domain_time(), self._zone)
        for name in DAYS:
            if data.get(name) and data[name] > today:
                self.complain(name, "day_ahead")
        return data

    def declaration(self) -> HealthDeclaration:
        """What was declared; valid forms only."""
        data = self.cleaned_data
        stays: tuple[HighRiskStay, ...] = ()
        arrivals: tuple[Arrival, ...] = ()
        if data["stay_last_on"]:
            division = DivisionCode(data["stay_division"])
            stays = (HighRiskStay(division=division, last_on=data["stay_last_on"]),)
        if data["arrived_on"]:
            scheme = data["arrival_scheme"] or None
            arrivals = (Arrival(arrived_on=data["arrived_on"], scheme=scheme),)
        return HealthDeclaration(
            **{name: data[name] for name in TICKS},
            discharged_on=data["discharged_on"],
            symptoms_last_on=data["symptoms_last_on"],
            high_risk_stays=stays,
            arrivals=arrivals,
        )


class AssistedDeclarationForm(DeclarationForm):
    """The same, typed by an officer; the person types the secret of their registration."""

    def __init__(self, rules: HealthRules, *args: Any) -> None:
        super().__init__(rules, *args)
        self.fields["secret"] = secret_field(
            "registration_secret", characters_max=SLIP_CHARACTERS_MAX
        )
