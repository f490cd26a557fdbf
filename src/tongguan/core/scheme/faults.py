"""What is wrong with a scheme file, as values: where it stands, what it is, what to write."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tongguan.core.texts import Text

Path = tuple[str | int, ...]
"""Keys and list indices from the top of the file to a node."""

Position = tuple[int, int]
"""Line and column, both counted from one."""

Positions = Mapping[Path, Position]
"""Where each node of a file stands; a path that is absent takes its parent's place."""


class FaultCode(StrEnum):
    """Every fault a scheme file can have, in alphabetical order; codes are never renamed."""

    ANCHOR_REFUSED = "anchor_refused"
    ASSUMED_FIELD_EMPTY = "assumed_field_empty"
    ASSUMED_FIELD_UNKNOWN = "assumed_field_unknown"
    CATEGORY_UNKNOWN = "category_unknown"
    CLAIM_UNKNOWN = "claim_unknown"
    CLAUSE_WITHOUT_SOURCE = "clause_without_source"
    CONTROL_POINT_UNKNOWN = "control_point_unknown"
    DATA_ENDS_TOO_EARLY = "data_ends_too_early"
    DATES_OUT_OF_ORDER = "dates_out_of_order"
    DIRECTION_OF_ONE_PARTY = "direction_of_one_party"
    DIRECTION_UNKNOWN = "direction_unknown"
    DIVISION_UNKNOWN = "division_unknown"
    DOCUMENTS_SEVERAL = "documents_several"
    DUPLICATE_ID = "duplicate_id"
    DUPLICATE_KEY = "duplicate_key"
    ENCODING_WRONG = "encoding_wrong"
    FALLBACK_CYCLE = "fallback_cycle"
    FLOAT_REFUSED = "float_refused"
    HOME_DIRECTION_MISSING = "home_direction_missing"
    ISSUER_NO_PARTY = "issuer_no_party"
    KEY_MISSING = "key_missing"
    KEY_UNKNOWN = "key_unknown"
    LIST_EMPTY = "list_empty"
    NESTED_TOO_DEEP = "nested_too_deep"
    NOT_YAML = "not_yaml"
    NULL_NOT_ALLOWED = "null_not_allowed"
    NUMBER_OUT_OF_RANGE = "number_out_of_range"
    PARTY_UNKNOWN = "party_unknown"
    PHASES_OVERLAP = "phases_overlap"
    PRECEDENCE_TWICE = "precedence_twice"
    SLOT_OUTSIDE_HOURS = "slot_outside_hours"
    SLOT_UNKNOWN = "slot_unknown"
    SLOTS_OVERLAP = "slots_overlap"
    SOURCE_UNKNOWN = "source_unknown"
    TAG_REFUSED = "tag_refused"
    TEXT_EMPTY = "text_empty"
    TOO_LARGE = "too_large"
    UNQUOTED = "unquoted"
    VALUE_MALFORMED = "value_malformed"
    VALUE_NOT_ALLOWED = "value_not_allowed"
    VERSION_FOLLOWS_ITSELF = "version_follows_itself"
    WEEK_WITHOUT_START = "week_without_start"
    WRONG_TYPE = "wrong_type"
    ZONE_UNKNOWN = "zone_unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """One fault of a scheme file."""

    code: FaultCode
    path: str
    """Names from the top, such as ``phases/pilot/quotas/business-week/limit``."""
    line: int
    column: int
    message: Text
    """What is wrong."""
    remedy: Text
    """What to write."""
