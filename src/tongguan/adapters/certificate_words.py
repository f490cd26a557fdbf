"""Certificates that people bring, in words: their facts, and why one is not taken in."""

from collections.abc import Iterable

from tongguan.adapters.statement_words import fact_in_words
from tongguan.adapters.words import words
from tongguan.app.health.certificates import CertificateRefused
from tongguan.core.evidence.certified_facts import CertifiedFact
from tongguan.core.texts import Language


def refusal_in_words(refused: CertificateRefused, language: Language) -> str:
    """Why a certificate was not taken in: of one that could not be verified, the very reason."""
    title = words(f"brought.refusals.{refused.code}.title", language)
    if refused.fault is None:
        return title
    return " ".join((title, words(f"certificates.faults.{refused.fault}", language)))


def remedy_in_words(refused: CertificateRefused, language: Language) -> str:
    """What can be done."""
    return words(f"brought.refusals.{refused.code}.remedy", language)


def facts_in_words(
    facts: Iterable[CertifiedFact], language: Language, zone: str
) -> tuple[str, ...]:
    """Each fact as a line; instants in the zone."""
    return tuple(fact_in_words(each, language, zone) for each in facts)
