"""Every reason for which a whole batch of evidence is refused; words in ``texts/evidence.yaml``."""

from dataclasses import dataclass
from enum import StrEnum

from tongguan.core.identifiers import EvidenceSourceId


class BatchFault(StrEnum):
    """A stable code, in the order in which reading meets it."""

    TOO_LARGE = "too_large"
    """More bytes than any batch has."""
    UNREADABLE_ENVELOPE = "unreadable_envelope"
    """Not a COSE_Sign1 message in the one form that is read."""
    WRONG_TYPE = "wrong_type"
    """A sound envelope of another kind."""
    UNKNOWN_KEY = "unknown_key"
    """No enrolled source signs with this key."""
    BAD_SIGNATURE = "bad_signature"
    SOURCE_WITHDRAWN = "source_withdrawn"
    KEY_OUTSIDE_DATES = "key_outside_dates"
    """It was signed, or arrived, outside the dates for which the key is enrolled."""
    NOT_CANONICAL = "not_canonical"
    """Not JSON, or not in its one form (RFC 8785) with every member."""
    WRONG_FORM = "wrong_form"
    """A member is missing, unknown or of another kind; the place names it."""
    OTHER_SOURCE = "other_source"
    """It names another source than the one whose key signed it."""
    OTHER_AUTHORITY = "other_authority"
    """It is addressed to another authority."""
    DATED_AHEAD = "dated_ahead"
    """It says of something to come that it has been."""
    TOO_MANY_ENTRIES = "too_many_entries"
    """More than the authority's rules let one batch hold."""
    EMPTY = "empty"
    ID_TWICE = "id_twice"
    MAY_NOT_SAY = "may_not_say"
    """A source of its kind does not say such things."""
    NUMBER_UNFIT = "number_unfit"
    """No document of the type has such a number."""
    DAY_UNFIT = "day_unfit"
    """The days or instants of an entry contradict one another."""
    END_UNFIT = "end_unfit"
    """The end is missing, stated where the rule alone says it, or too far off."""
    DIVISION_UNKNOWN = "division_unknown"
    PLACE_TOO_WIDE = "place_too_wide"
    """A whole province is no place of high risk."""
    ID_REUSED = "id_reused"
    """Something else is kept under the id."""
    NOT_ITS_OWN = "not_its_own"
    """It would take back what this source did not say."""
    TOO_MANY_PLACES = "too_many_places"
    """More places of high risk would count at once than the authority's rules let."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchRefused:
    """A batch of which nothing was kept."""

    code: BatchFault
    place: str = ""
    """Members and list indices, such as ``entries/3/facts/result``; empty for all of it."""
    source: EvidenceSourceId | None = None
    """Whose signature was verified; ``None`` where none was."""


class BatchFaultError(Exception):
    """Carries a fault to whoever returns it as a value; nobody else sees it."""

    def __init__(self, code: BatchFault, place: str = "") -> None:
        super().__init__(code.value)
        self.code = code
        self.place = place
