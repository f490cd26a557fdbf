"""Every notice a registered person can be given of their evidence; words stand in ``texts/``."""

from enum import StrEnum


class HealthNoticeCode(StrEnum):
    """A stable code, in alphabetical order: stored with the notice, never renamed.

    Beside each, the facts that its words name.
    """

    CASE_OPENED = "case_opened"
    """A request for correction arrived: ``ground``, ``decide_by``."""
    CASE_UNDER_DISCHARGE = "case_under_discharge"
    """Somebody says that the person was ill before their discharge, which counts for nothing while
    that stands: ``ground``, ``who``."""
    CASE_UPHELD = "case_upheld"
    """It was decided against the person: ``ground``, ``who``."""
    FAVOURABLE_WITHDRAWN = "favourable_withdrawn"
    """What spoke for the person was taken back: ``who``, ``colour``."""
    FINDING_COUNTS = "finding_counts"
    """Something counts against the person: ``ground``, ``colour``, ``who``, ``until``."""
    FINDING_COUNTS_ON = "finding_counts_on"
    """The same, with no end of its own: ``ground``, ``colour``, ``who``."""
    FINDING_LIFTED = "finding_lifted"
    """Two officers found that it does not hold: ``ground``, ``who``."""
    FINDING_WITHDRAWN = "finding_withdrawn"
    """Who said it took it back: ``ground``, ``who``."""
    NUMBER_CLAIMED = "number_claimed"
    """Somebody says that the document number is theirs: ``decide_by``."""
    NUMBER_GIVEN = "number_given"
    """The number was given to who claimed it: ``who``."""
    NUMBER_KEPT = "number_kept"
    """The claim was refused: ``who``."""
    RELIEF_BEGAN = "relief_began"
    """A case was not decided in time: ``ground``."""
    SOURCE_WITHDRAWN = "source_withdrawn"
    """The authority took back what a source had said that is not to be believed: ``ground``,
    ``who``."""
    SOURCE_WITHDRAWN_FAVOURABLE = "source_withdrawn_favourable"
    """The same, of what had spoken for the person: ``who``, ``colour``."""
