"""Why a code could not be read or trusted; every one is a value that a gate can act on."""

from dataclasses import dataclass
from enum import StrEnum


class ReadFault(StrEnum):
    """What is wrong with a code, in the order in which reading meets it."""

    UNREADABLE_PREFIX = "unreadable_prefix"
    """Not one of our codes, or longer than any of them can be."""
    UNREADABLE_BASE45 = "unreadable_base45"
    UNREADABLE_COMPRESSION = "unreadable_compression"
    UNREADABLE_COSE = "unreadable_cose"
    WRONG_TYPE = "wrong_type"
    """A sound envelope of another kind, such as a pass shown as a health code."""
    UNKNOWN_KEY = "unknown_key"
    KEY_NOT_VALID = "key_not_valid"
    """Revoked, not yet in use, outside its dates, for another use or of another authority."""
    BAD_SIGNATURE = "bad_signature"
    UNREADABLE_CLAIMS = "unreadable_claims"


@dataclass(frozen=True, kw_only=True, slots=True)
class Unreadable:
    """A code that says nothing: nothing in it may be shown or acted upon."""

    code: ReadFault
    detail: str
    """For whoever repairs the writer of the code; English, never a value out of the code."""
