"""What differs between two versions, whom it touches and why, as values without words."""

from tongguan.core.scheme.difference.changes import Change, ChangeKind, Step, Why
from tongguan.core.scheme.difference.compare import differences, differences_of_data
from tongguan.core.scheme.difference.effects import Audience, Effect, Rank, effects_of, rank_of

__all__ = [
    "Audience",
    "Change",
    "ChangeKind",
    "Effect",
    "Rank",
    "Step",
    "Why",
    "differences",
    "differences_of_data",
    "effects_of",
    "rank_of",
]
