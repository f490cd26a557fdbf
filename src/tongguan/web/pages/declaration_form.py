"""What people declare of their own health, at home or at the desk."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

from django.forms import BoundField

from tongguan.adapters.words import texts
from tongguan.app.evidence.risk_places import places_that_count
from tongguan.core.area.divisions import DIVISIONS
from tongguan.core.calendar import local_day
from tongguan.core.health.declaration import (
    Arrival,
    DeclaredStay,
    HealthDeclaration,
    HighRiskStay,
)
from tongguan.core.health.grounds import HealthReason
from tongguan.core.health.rules import HealthRules
from tongguan.core.identifiers import DivisionCode
from tongguan.web.context import domain_time
from tongguan.web.forms import (
    SLIP_CHARACTERS_MAX,
    Form,
    FormFault,
    choice_field,
    day_field,
    identifier_field,
    said,
    secret_field,
    tick_field,
)
from tongguan.web.languages import current_language
from tongguan.web.service import current_authority, current_reader

TICKS = (
    "confirmed",
    "suspected",
    "close_contact",
    "household_of_close_contact",
    "under_compulsory_quarantine",
)
DAYS = ("symptoms_last_on", "discharged_on", "stay_last_on", "arrived_on")
STAYS_FORM_MAX = 12
"""Places that the form has room for."""
STAYS_SHOWN = 2
"""Places whose fields are there at once; the others are opened."""
_STAY_NAMES = tuple((f"stay{n}_division", f"stay{n}_last_on") for n in range(STAYS_FORM_MAX))


def scheme_name(scheme: str) -> str:
    """A deployment's own rules may name schemes that the project has no words for."""
    key = f"travel_schemes.{scheme}"
    return said(key) if f"forms.{key}" in texts() else scheme


def places_to_choose() -> list[tuple[str, str]]:
    """Every division of the table and every listed place, a part after what it is part of."""
    listed = (each.place.division for each in places_that_count(current_authority()))
    known = {each.code for each in DIVISIONS}
    return [(code, _place_name(code, code in known)) for code in sorted({*known, *listed})]


def _place_name(code: str, is_of_table: bool) -> str:
    """A district after its city; what the table does not have by its code."""
    reader = current_reader()
    name = reader.division(code)
    if not is_of_table:
        return f"{name} {code}"
    if code.endswith("00"):
        return name
    return f"{reader.division(code[:4])}{reader.label('forms.colon')}{name}"


class DeclarationForm(Form):
    """Facts about one's own health, as the authority's rules ask for them."""

    stays_asked = False
    """Whether the rules have a ground for which it matters where somebody was."""
    stay_days: int | None = None
    """For so many days; ``None``: for as long as a place is listed."""

    def __init__(self, rules: HealthRules, *args: Any) -> None:
        super().__init__(*args, initial={"request_id": str(uuid4())})
        self._zone = rules.colours.zone
        self.fields["request_id"] = identifier_field()
        for name in TICKS:
            self.fields[name] = tick_field(f"health_{name}")
        for name in ("symptoms_last_on", "discharged_on"):
            self.fields[name] = day_field(f"health_{name}")
        language = current_language()
        places = [
            (each.code, each.name.in_language(language))
            for each in DIVISIONS
            if each.code.endswith("00")
        ]
        self.fields["stay_division"] = choice_field("health_stay_division", places, required=False)
        self.fields["stay_last_on"] = day_field("health_stay_last_on")
        self._add_stays(rules)
        self.fields["arrived_on"] = day_field("health_arrived_on")
        self.fields["arrival_scheme"] = choice_field(
            "health_arrival_scheme",
            [(each, scheme_name(each)) for each in sorted(rules.colours.schemes_without_effect)],
            required=False,
        )
        self.fields["true"] = tick_field("health_true", required=True)

    def _add_stays(self, rules: HealthRules) -> None:
        found = [each for each in rules.colours.rules if each.reason is HealthReason.HIGH_RISK_STAY]
        if not found:
            return
        self.stays_asked, self.stay_days = True, found[0].days
        places = places_to_choose()
        for place, last_on in _STAY_NAMES:
            self.fields[place] = choice_field("health_stay_place", places, required=False)
            self.fields[last_on] = day_field("health_stay_last_on")

    def stays_at_once(self) -> list[dict[str, Any]]:
        """The fields of the places that are there at once."""
        return self._stays()[:STAYS_SHOWN]

    def stays_more(self) -> list[dict[str, Any]]:
        """The fields of those that are opened."""
        return self._stays()[STAYS_SHOWN:]

    def stays_open(self) -> bool:
        """Whether one of those was filled in."""
        return any(row[part].data for row in self.stays_more() for part in ("place", "last_on"))

    def _stays(self) -> list[dict[str, Any]]:
        return [
            {"number": number, "place": self[place], "last_on": self[last_on]}
            for number, (place, last_on) in enumerate(_STAY_NAMES, 1)
        ]

    def faults(self) -> tuple[FormFault, ...]:
        """As of any form; those of a place say which."""
        places: dict[str, str] = {}
        for row in self._stays() if self.stays_asked else ():
            said_first = said("apply.stay", number=row["number"])
            said_first += current_reader().label("forms.colon")
            places |= {row[part].auto_id: said_first for part in ("place", "last_on")}
        return tuple(
            replace(each, message=places.get(each.anchor, "") + each.message)
            for each in super().faults()
        )

    def ticks(self) -> list[BoundField]:
        """The boxes, in their order."""
        return [self[name] for name in TICKS]

    def clean(self) -> dict[str, Any]:
        """A stay comes with its place, a day lies not ahead."""
        data = self.cleaned_data
        asked = _STAY_NAMES if self.stays_asked else ()
        for place, last_on in (("stay_division", "stay_last_on"), *asked):
            if bool(data.get(place)) is not bool(data.get(last_on)):
                missing = last_on if data.get(place) else place
                if missing not in self.errors:
                    self.complain(missing, f"health_stay_{missing.partition('_')[2]}.missing")
        today = local_day(domain_time(), self._zone)
        for name in (*DAYS, *(last_on for _, last_on in asked)):
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
            stays=tuple(self._declared_stays()),
            arrivals=arrivals,
        )

    def _declared_stays(self) -> Iterator[DeclaredStay]:
        for place, last_on in _STAY_NAMES if self.stays_asked else ():
            if self.cleaned_data[place]:
                division = DivisionCode(self.cleaned_data[place])
                yield DeclaredStay(division=division, last_on=self.cleaned_data[last_on])


class AssistedDeclarationForm(DeclarationForm):
    """The same, typed by an officer; the person types the secret of their registration."""

    def __init__(self, rules: HealthRules, *args: Any) -> None:
        super().__init__(rules, *args)
        self.fields["secret"] = secret_field(
            "registration_secret", characters_max=SLIP_CHARACTERS_MAX
        )
