"""What became of something signed that was sent here: an act, an annex, daily figures."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """Kept, known before, or refused."""

    is_new: bool
    refused: str | None
    """Why it was not kept: a stable word, or ``None``."""
