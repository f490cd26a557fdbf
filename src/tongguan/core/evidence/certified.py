"""Certificates of other issuers as evidence of the person who brought them.

What comes by this route counts for the registration alone under which it was brought, so that it
never makes anybody else adverse. A certificate says whose it is by a name and a date of birth, and
there are people of one name: the program believes that it is this person's only where both are the
same as those that an officer saw in the document. For everybody else an officer looks at both.
"""

import hashlib
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

import rfc8785

from tongguan.core.calendar import local_day
from tongguan.core.certificates.trusted import Trusted
from tongguan.core.certificates.verdict import Verified
from tongguan.core.evidence.batch_facts import TestOutcome
from tongguan.core.evidence.certified_facts import Certified, CertifiedFact, CertifiedName
from tongguan.core.evidence.conversion import content_of
from tongguan.core.evidence.records import (
    EventKind,
    Evidence,
    EvidenceEvent,
    EvidenceKind,
    KeptEvidence,
    Route,
)
from tongguan.core.evidence.statement import StatedDose, StatedTest
from tongguan.core.identifiers import EvidenceId, PersonKey, RegistrationId, UnitId
from tongguan.core.people import Assurance, Person

KEY_ID: Final = "key_id"
"""The fact by which evidence is found again: the enrolled key that it rests on."""
CONFIRMED_BY: Final = "confirmed_by"
"""The fact that an officer looked at both: the unit."""
FORMAT: Final = "format"
_SOURCE_CHARACTERS_MAX: Final = 200
_NOT_PRINTED: Final = "\ufffd"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Likeness(StrEnum):
    """Whether a certificate is about the registered person, as far as a program can tell."""

    ANOTHER = "another"
    """The dates of birth differ."""
    SAME = "same"
    UNSURE = "unsure"
    """A date is missing, the names are written otherwise, or nobody has seen the document."""


def likeness(name: CertifiedName, holder: Person) -> Likeness:
    """Whether the certificate's name is the holder's.

    Letters are compared as machine-readable documents write them (ICAO Doc 9303-3, section 6), the
    surname first, without spaces and hyphens. A name in other letters is never the same.
    """
    if name.born is not None and holder.born is not None and name.born != holder.born:
        return Likeness.ANOTHER
    is_seen = holder.assurance is Assurance.VERIFIED
    if not is_seen or name.born is None or holder.born is None:
        return Likeness.UNSURE
    said, known = _letters(f"{name.surname} {name.given_names}"), _letters(holder.name)
    return Likeness.SAME if said and said == known else Likeness.UNSURE


def is_adverse_fact(fact: CertifiedFact) -> bool:
    """Whether the fact counts against whoever brings it."""
    return isinstance(fact, StatedTest) and fact.outcome is TestOutcome.POSITIVE


def certified_evidence(
    certified: Certified,
    verified: Verified,
    *,
    person: PersonKey,
    registration: RegistrationId,
    certificate: str,
    zone: str,
    now: datetime,
) -> tuple[Evidence, ...]:
    """Each fact of a certificate as evidence of the registration under which it was brought.

    ``certificate`` is what stands for it in the authority's own records. The same fact under one
    key and one registration has the same id, whichever certificate it came in, so that what was
    lifted does not come back with a second copy.
    """
    source = _source(verified)
    said = {KEY_ID: verified.trusted_key_id, FORMAT: verified.kind.value}
    found = []
    for fact in certified.facts:
        kind, ground, facts, ends_at = content_of(fact)
        on = local_day(fact.sampled_at, zone) if isinstance(fact, StatedTest) else fact.on
        whose = [Route.CERTIFICATE.value, person.hex(), registration, source, *said.values()]
        name = rfc8785.dumps([*whose, kind.value, on.isoformat(), sorted(facts.items())])
        found.append(
            Evidence(
                id=EvidenceId(str(UUID(bytes=hashlib.sha256(name).digest()[:16]))),
                person=person,
                registration=registration,
                route=Route.CERTIFICATE,
                kind=kind,
                ground=ground,
                source=source,
                causers=(),
                on=on,
                facts={**facts, **said},
                issued_at=_issued_at(verified, now),
                received_at=now,
                ends_at=ends_at,
                batch=certificate,
            )
        )
    return tuple(found)


def confirmed(evidence: Evidence, unit: UnitId) -> Evidence:
    """The same evidence, of which an officer of this unit says that it is the person's."""
    return replace(evidence, facts={**evidence.facts, CONFIRMED_BY: unit})


def fact_of(evidence: Evidence) -> CertifiedFact:
    """The fact that evidence of a certificate is; ``KeyError`` of any other."""
    said = evidence.facts
    if evidence.kind is EvidenceKind.DOSE:
        return StatedDose(on=evidence.on, number=int(said["number"]), product=said["product"])
    return StatedTest(
        sampled_at=datetime.fromisoformat(said["sampled_at"]),
        outcome=TestOutcome(said["result"]),
        specimen=said["specimen"],
    )


def as_trusted(kept: Iterable[KeptEvidence], trusted: Trusted) -> tuple[KeptEvidence, ...]:
    """The same, where what a certificate says is taken back while its key is not enrolled.

    Nothing of that is kept: with the key it counts again, as on the day on which it was brought.
    """
    return tuple(
        each if _is_trusted(each.evidence, trusted) else _taken_back(each) for each in kept
    )


def _is_trusted(evidence: Evidence, trusted: Trusted) -> bool:
    is_certified = evidence.route is Route.CERTIFICATE
    return not is_certified or trusted.has_key(evidence.facts.get(KEY_ID, ""))


def _taken_back(kept: KeptEvidence) -> KeptEvidence:
    evidence = kept.evidence
    event = EvidenceEvent(
        evidence=evidence.id,
        kind=EventKind.WITHDRAWN,
        at=_EPOCH,  # before whatever instant is judged
        by=(evidence.source,),
    )
    return replace(kept, events=(*kept.events, event))


def _issued_at(verified: Verified, now: datetime) -> datetime:
    """When it was issued; now where it does not say, or names a time of no computer."""
    issued_at = verified.issued_at
    return now if issued_at is None or issued_at < _EPOCH else min(issued_at, now)


def _source(verified: Verified) -> str:
    """The issuer's name, of which a page and a database can take every character."""
    name = "".join(each if each.isprintable() else _NOT_PRINTED for each in verified.issuer)
    return name[:_SOURCE_CHARACTERS_MAX] or verified.trusted_key_id


def _letters(name: str) -> str:
    """The letters of a name as machine-readable documents have them; empty for other letters."""
    written = "".join(_WRITTEN_AS.get(each, each) for each in name.upper())
    plain = unicodedata.normalize("NFKD", written)
    kept = "".join(each for each in plain if not unicodedata.combining(each))
    letters = "".join(each for each in kept if each not in _NO_LETTERS)
    return letters if letters.isascii() and letters.isalpha() else ""


_NO_LETTERS: Final = frozenset(" -,.'<\u2019\u00a0")
_WRITTEN_AS: Final = MappingProxyType(
    {
        "\u00c4": "AE",
        "\u00c5": "AA",
        "\u00c6": "AE",
        "\u00d0": "D",
        "\u00d6": "OE",
        "\u00d8": "OE",
        "\u00dc": "UE",
        "\u00de": "TH",
        "\u0110": "D",
        "\u0141": "L",
        "\u0152": "OE",
    }
)
"""Letters that Doc 9303-3 writes otherwise than without their marks; sharp s has no capital."""
