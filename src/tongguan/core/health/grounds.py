"""The grounds on which a health code has its colour."""

from enum import StrEnum


class HealthReason(StrEnum):
    """Why a code has its colour; the words stand in ``texts/health.yaml``."""

    ARRIVED_FROM_OUTSIDE = "arrived_from_outside"
    CLOSE_CONTACT = "close_contact"
    CONFIRMED = "confirmed"
    DISCHARGED_RECENTLY = "discharged_recently"
    HIGH_RISK_STAY = "high_risk_stay"
    HOUSEHOLD_OF_CLOSE_CONTACT = "household_of_close_contact"
    NOTHING_ADVERSE = "nothing_adverse"
    SUSPECTED = "suspected"
    SYMPTOMS = "symptoms"
    UNDER_QUARANTINE = "under_quarantine"
