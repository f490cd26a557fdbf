"""Units of officers: an act of the authority at its console, never of an officer."""

import re
from collections.abc import Mapping
from typing import Final

from tongguan.app.authorities import Authority
from tongguan.app.stores import AuditEntry
from tongguan.core.identifiers import UnitId

_UNIT: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_CHARACTERS_MAX: Final = 40


class UnitUnfitError(ValueError):
    """No name of a unit: lower-case letters, digits and single hyphens, 40 at most."""


def require_unit(unit: str) -> None:
    """``UnitUnfitError`` for what no unit is called."""
    if len(unit) > _CHARACTERS_MAX or not _UNIT.fullmatch(unit):
        raise UnitUnfitError(unit)


def put_in_unit(authority: Authority, officer: str, unit: str, *, by: str) -> bool:
    """From now on the officer belongs to this unit alone; ``False`` when it was so before.

    What the officer did counts on against the unit of that time, and against the officer.
    """
    require_unit(unit)
    with authority.database.transaction() as transaction:
        if transaction.controls.unit_of(officer) == unit:
            return False
        transaction.controls.put_in_unit(officer, UnitId(unit), transaction.now)
        transaction.audit.record(
            AuditEntry(
                at=transaction.now,
                actor=by,
                action="officer.unit",
                subject=officer,
                outcome=unit,
            )
        )
        return True


def unit_of(authority: Authority, officer: str) -> UnitId | None:
    """The officer's present unit; who has none proposes, confirms and reviews nothing."""
    with authority.database.transaction() as transaction:
        return transaction.controls.unit_of(officer)


def units(authority: Authority) -> Mapping[str, UnitId]:
    """Every officer's present unit."""
    with authority.database.transaction() as transaction:
        return transaction.controls.units()
