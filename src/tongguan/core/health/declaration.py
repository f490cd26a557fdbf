"""What a person declares of their own health: their own word, kept as evidence of that alone."""

from dataclasses import dataclass
from datetime import date

from tongguan.core.identifiers import DivisionCode


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class HighRiskStay:
    """A stay in a place with a high risk; who lives there was last there today."""

    division: DivisionCode
    last_on: date


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class DeclaredStay:
    """Where a person was until a day; whether that was a risk, the list of risk places says."""

    division: DivisionCode
    last_on: date


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Arrival:
    """An arrival from outside; ``scheme`` names the travel scheme it was made under, if any."""

    arrived_on: date
    scheme: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class HealthDeclaration:
    """What a person declares of their own health; personal data, hidden when printed."""

    confirmed: bool = False
    suspected: bool = False
    close_contact: bool = False
    household_of_close_contact: bool = False
    under_compulsory_quarantine: bool = False
    discharged_on: date | None = None
    """When a person who has recovered was discharged."""
    symptoms_last_on: date | None = None
    high_risk_stays: tuple[HighRiskStay, ...] = ()
    """Which the person themselves calls a risk, whatever is listed."""
    stays: tuple[DeclaredStay, ...] = ()
    arrivals: tuple[Arrival, ...] = ()

    def __repr__(self) -> str:
        return "HealthDeclaration(HIDDEN)"
