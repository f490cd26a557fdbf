"""A new version said as changes to another; it becomes a complete text before anyone signs it."""

from dataclasses import dataclass

from tongguan.core.identifiers import ClaimId, VersionId
from tongguan.core.scheme.model.sources import Claim, SetAside, Source
from tongguan.core.texts import Text


@dataclass(frozen=True, kw_only=True, slots=True)
class TextChange:
    """One change: exactly one of ``set`` with ``to``, ``add`` with ``item``, and ``remove``."""

    set: str | None
    """The place of a value, named by ids, such as ``phases/pilot/quotas/all-day/limit``."""
    to: object
    """The value that stands there from now on; ``None`` = not stated."""
    add: str | None
    """The place of a list."""
    item: object
    remove: str | None
    """The place of an item of a list."""
    claims: tuple[ClaimId, ...]
    """Claims that the change rests on."""
    assumed: Text | None
    """Why it is assumed, where no claim says it."""
    set_aside: tuple[SetAside, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Amendment:
    """A new version as the changes that make it out of another."""

    amends: VersionId
    id: VersionId
    number: int
    summary: Text
    sources: tuple[Source, ...]
    """Beside those of the version that it changes."""
    claims: tuple[Claim, ...]
    changes: tuple[TextChange, ...]
