"""Every notice that holders of places and grants can be given; the words stand in ``texts/``."""

from enum import StrEnum


class NoticeCode(StrEnum):
    """A stable code, in alphabetical order: stored with the notice, never renamed."""

    GRANT_KEPT = "grant_kept"
    """The category is gone from the text; what was granted still counts."""
    GRANT_LAPSED = "grant_lapsed"
    JOURNEY_MOVED = "journey_moved"
    JOURNEY_REVOKED = "journey_revoked"
    JOURNEY_REVOKED_PHASE_ENDS = "journey_revoked_phase_ends"
    PHASE_RESUMED = "phase_resumed"
    PHASE_SUSPENDED = "phase_suspended"
    PLACE_HOME_GIVEN_BACK = "place_home_given_back"
    """Nobody had used the way out, so many hours after its slot."""
    PLACE_HONOURED = "place_honoured"
    """The text has no room for the place any more; it stays all the same."""
    WAY_HOME_HONOURED = "way_home_honoured"
