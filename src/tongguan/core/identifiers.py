"""Names of things, each a type of its own so that one is never passed for another."""

from typing import NewType

AnnexId = NewType("AnnexId", str)
"""One text of an authority's annex to an agreement."""
ApplicationId = NewType("ApplicationId", str)
"""A UUID chosen by the client, so that the same request can be sent again."""
AuthorityId = NewType("AuthorityId", str)
"""An authority that is a party to a scheme, such as ``HK``."""
CaseId = NewType("CaseId", str)
"""A UUID: a person's request for the correction of what counts against them."""
CategoryId = NewType("CategoryId", str)
ClaimId = NewType("ClaimId", str)
ControlPointId = NewType("ControlPointId", str)
"""A control point by the project's own code, such as ``SZB`` (no public table covers them)."""
DirectionId = NewType("DirectionId", str)
"""A direction by its two parties, such as ``HK-GD``."""
DivisionCode = NewType("DivisionCode", str)
"""A GB/T 2260 code of six digits, or a prefix of two or four of them."""
EvidenceId = NewType("EvidenceId", str)
"""A UUID chosen by whoever sends the evidence, so that it can be sent again."""
EvidenceSourceId = NewType("EvidenceSourceId", str)
"""Who vouches for evidence by signature, such as ``lab-kowloon``."""
GateId = NewType("GateId", str)
JourneyId = NewType("JourneyId", str)
"""A UUID chosen by the client: a party's places on every leg, taken all or nothing."""
MetricId = NewType("MetricId", str)
"""A figure that authorities sign each day, such as ``imported-cases``."""
PassId = NewType("PassId", bytes)
"""Sixteen bytes; use-once rests on it, never on the text of the code."""
PersonKey = NewType("PersonKey", bytes)
"""A keyed index of one identity document; says nothing without the authority's key."""
PhaseId = NewType("PhaseId", str)
ProposalId = NewType("ProposalId", str)
"""A UUID: what one officer proposes and an officer of another unit has to confirm."""
QuotaId = NewType("QuotaId", str)
RegistrationId = NewType("RegistrationId", str)
"""A UUID chosen by the client: a person's registration for health codes."""
SchemeId = NewType("SchemeId", str)
"""A scheme over all its versions, such as ``hk-gd-2021``."""
SlotId = NewType("SlotId", str)
SourceId = NewType("SourceId", str)
SponsorId = NewType("SponsorId", str)
"""A body that answers for its own people, such as a chamber of commerce."""
UnitId = NewType("UnitId", str)
"""A unit of an authority's officers, such as ``contact-tracing``."""
VersionDigest = NewType("VersionDigest", str)
"""SHA-256 of a version's canonical text, in lower-case hexadecimal."""
VersionId = NewType("VersionId", str)
"""One text of a scheme, the thing that is signed, such as ``hk-gd-2021-assumed``."""
