"""What a window that is over hands to the next one of its quota."""

from tongguan.core.scheme.model import CarryOver


def handed_on(rule: CarryOver, *, stated: int, taken: int) -> int:
    """Persons by which the next limit is more, or less where it is negative.

    ``stated`` is the limit that the text states for the window that is over, without what was
    handed to it: nothing adds up over more than one window.
    """
    match rule:
        case CarryOver.ADD_UNUSED:
            return max(0, stated - taken)
        case CarryOver.DEDUCT_EXCESS:
            return -max(0, taken - stated)
        case CarryOver.NONE:
            return 0
