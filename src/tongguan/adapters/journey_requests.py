"""What a client sends to ask for places, the same on every way in; unknown keys are refused."""

import re
from datetime import date
from typing import Annotated, Any, Final

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StringConstraints,
)

from tongguan.core.booking.rules import LegWanted
from tongguan.core.identifiers import ControlPointId, DirectionId, SlotId

LEGS_MAX: Final = 8


_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _must_be_a_day(value: Any) -> Any:
    """Only year, month and day: a number, as text too, would be read as seconds since 1970."""
    if not (isinstance(value, str) and _DAY.fullmatch(value)):
        raise ValueError("not_day")
    return value


Identifier = Annotated[
    str, StringConstraints(strict=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=40)
]
Day = Annotated[date, BeforeValidator(_must_be_a_day), Field(json_schema_extra={"format": "date"})]


class LegIn(BaseModel):
    """One leg, the same for everyone in the party."""

    model_config = ConfigDict(extra="forbid")

    direction: Identifier
    day: Day
    slot: Identifier
    control_point: Identifier


class JourneyIn(BaseModel):
    """The legs a party asks for; taken whole or not at all."""

    model_config = ConfigDict(extra="forbid")

    legs: Annotated[list[LegIn], Field(min_length=1, max_length=LEGS_MAX)]

    def wanted(self) -> tuple[LegWanted, ...]:
        """The legs as the use cases take them."""
        return tuple(
            LegWanted(
                direction=DirectionId(each.direction),
                day=each.day,
                slot=SlotId(each.slot),
                control_point=ControlPointId(each.control_point),
            )
            for each in self.legs
        )


class HoldableJourneyIn(JourneyIn):
    """The legs a party asks for, to be booked at once or held until they are confirmed."""

    hold: StrictBool = False
