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

    AMENDMENT_BASE_AMBIGUOUS = "amendment_base_ambiguous"
    AMENDMENT_BASE_FAULTY = "amendment_base_faulty"
    AMENDMENT_BASE_UNKNOWN = "amendment_base_unknown"
    AMENDMENT_CIRCLE = "amendment_circle"
    AMENDMENT_TOO_DEEP = "amendment_too_deep"
    ANCHOR_REFUSED = "anchor_refused"
    ANNEX_AGREEMENT_OTHER = "annex_agreement_other"
    ANNEX_DAY_CLOSED = "annex_day_closed"
    ANNEX_DAYS_AHEAD = "annex_days_ahead"
    ANNEX_DIRECTION_ELSEWHERE = "annex_direction_elsewhere"
    ANNEX_HOURS_SHORT = "annex_hours_short"
    ANNEX_LANGUAGE_MISSING = "annex_language_missing"
    ANNEX_NOT_ALLOWED = "annex_not_allowed"
    ASSUMED_FIELD_EMPTY = "assumed_field_empty"
    ASSUMED_FIELD_UNKNOWN = "assumed_field_unknown"
    BOUNDS_CROSSED = "bounds_crossed"
    BREAKER_WITHOUT_MEASURE = "breaker_without_measure"
    CARRY_OVER_OF_PERSON = "carry_over_of_person"
    CARRY_OVER_OF_RESERVE = "carry_over_of_reserve"
    CATEGORY_UNKNOWN = "category_unknown"
    CHANGE_ASSUMED_OUTSIDE = "change_assumed_outside"
    CHANGE_ITEM_EXISTS = "change_item_exists"
    CHANGE_OF_ID = "change_of_id"
    CHANGE_PLACE_UNKNOWN = "change_place_unknown"
    CHANGE_REMOVES_NOTHING = "change_removes_nothing"
    CHANGE_UNCLEAR = "change_unclear"
    CHANGE_WITHOUT_REASON = "change_without_reason"
    CLAIM_UNKNOWN = "claim_unknown"
    CLAUSE_WITHOUT_SOURCE = "clause_without_source"
    CONTROL_POINT_UNKNOWN = "control_point_unknown"
    DATA_ENDS_TOO_EARLY = "data_ends_too_early"
    DATES_OUT_OF_ORDER = "dates_out_of_order"
    DAYS_WITHOUT_MOVE = "days_without_move"
    DEADLINE_NOT_ONE = "deadline_not_one"
    DENIED_KIND_DIFFERS = "denied_kind_differs"
    DENIED_OUTSIDE_ALLOWED = "denied_outside_allowed"
    DIRECTION_OF_ONE_PARTY = "direction_of_one_party"
    DIRECTION_UNKNOWN = "direction_unknown"
    DIVISION_COVERED = "division_covered"
    DIVISION_UNKNOWN = "division_unknown"
    DOCUMENTS_SEVERAL = "documents_several"
    DUPLICATE_ID = "duplicate_id"
    DUPLICATE_KEY = "duplicate_key"
    ENCODING_WRONG = "encoding_wrong"
    FALLBACK_CYCLE = "fallback_cycle"
    FINDING_NOT_ASKED = "finding_not_asked"
    FINDING_TWICE = "finding_twice"
    FLOAT_REFUSED = "float_refused"
    HOME_DIRECTION_MISSING = "home_direction_missing"
    HOURS_EMPTY = "hours_empty"
    ISSUER_NO_PARTY = "issuer_no_party"
    KEEPERS_DIFFER = "keepers_differ"
    KEY_MISSING = "key_missing"
    KEY_UNKNOWN = "key_unknown"
    LIMIT_NOT_OF_EACH = "limit_not_of_each"
    LIST_EMPTY = "list_empty"
    MEASURE_NOT_ONE = "measure_not_one"
    METRIC_UNKNOWN = "metric_unknown"
    MOVE_LAST = "move_last"
    MOVE_WITHOUT_DAYS = "move_without_days"
    NESTED_TOO_DEEP = "nested_too_deep"
    NO_SHOW_OF_WAY_HOME = "no_show_of_way_home"
    NO_SHOW_TOO_SOON = "no_show_too_soon"
    NOT_EXPRESSIBLE_TOO_MANY = "not_expressible_too_many"
    NOT_YAML = "not_yaml"
    NULL_NOT_ALLOWED = "null_not_allowed"
    NUMBER_OUT_OF_RANGE = "number_out_of_range"
    PARTIAL_WEEKS_OF_DAY = "partial_weeks_of_day"
    PARTY_UNKNOWN = "party_unknown"
    PERCENT_ABOVE_HUNDRED = "percent_above_hundred"
    PHASES_OVERLAP = "phases_overlap"
    PRECEDENCE_TWICE = "precedence_twice"
    QUOTA_UNKNOWN = "quota_unknown"
    RELEASE_NOT_ONE = "release_not_one"
    REMEDY_NEVER_REACHED = "remedy_never_reached"
    RESERVE_COUNTS_DIFFER = "reserve_counts_differ"
    RESERVE_COUNTS_PERSON = "reserve_counts_person"
    RESERVE_MISSING = "reserve_missing"
    RESERVE_OF_NO_CAP = "reserve_of_no_cap"
    RESERVE_PER_DIFFERS = "reserve_per_differs"
    RESERVE_UNEXPECTED = "reserve_unexpected"
    RESERVES_ABOVE_CAP = "reserves_above_cap"
    SET_ASIDE_CITED = "set_aside_cited"
    SLOT_OUTSIDE_HOURS = "slot_outside_hours"
    SLOT_UNKNOWN = "slot_unknown"
    SLOTS_OVERLAP = "slots_overlap"
    SOURCE_UNKNOWN = "source_unknown"
    SPONSOR_UNKNOWN = "sponsor_unknown"
    SPONSORS_MISSING = "sponsors_missing"
    STREET_WITHOUT_NAME = "street_without_name"
    TAG_REFUSED = "tag_refused"
    TEST_AGE_NOT_ONE = "test_age_not_one"
    TEXT_EMPTY = "text_empty"
    TOO_LARGE = "too_large"
    UNQUOTED = "unquoted"
    VALUE_MALFORMED = "value_malformed"
    VALUE_NOT_ALLOWED = "value_not_allowed"
    VERSION_FOLLOWS_ITSELF = "version_follows_itself"
    VERSION_NOT_HIGHER = "version_not_higher"
    WEEK_WITHOUT_START = "week_without_start"
    WEEKDAYS_OF_WEEK = "weekdays_of_week"
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
