"""Where a code stands in the status lists of its kind, which are filled one after another."""

from dataclasses import dataclass

from tongguan.core.credentials.status_list import CAPACITY

LISTS_MAX = 1024
"""Lists of one kind that are fetched from another authority: 134 million codes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StatusPlace:
    """One bit in one of the lists of a kind."""

    kind: str
    number: int
    """Which of the lists, from 0 on."""
    index: int
    """Which bit of that list."""

    @property
    def list_id(self) -> str:
        """The name of the list."""
        return list_id(self.kind, self.number)


def status_place(kind: str, issued: int) -> StatusPlace:
    """The place of the code of a kind that was issued so many codes after the first."""
    number, index = divmod(issued, CAPACITY)
    return StatusPlace(kind=kind, number=number, index=index)


def list_id(kind: str, number: int) -> str:
    """The name of a list as it stands in codes and is published, such as ``pass-0``."""
    return f"{kind}-{number}"
