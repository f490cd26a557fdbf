"""The colours of a health code."""

from enum import StrEnum


class Colour(StrEnum):
    """What a health code says of its holder, from least to most adverse."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
