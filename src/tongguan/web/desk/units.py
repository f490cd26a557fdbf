"""The officer's unit, which every page of the health desk shows, and refusals in words."""

from typing import Any

from django.http import HttpRequest

from tongguan.app.control.proposals import TwoOfficersRefused
from tongguan.app.control.units import unit_of
from tongguan.web.service import current_authority, current_reader


def desk_head(request: HttpRequest) -> dict[str, Any]:
    """What the head of a page of the health desk shows."""
    return {"unit": unit_of(current_authority(), request.user.get_username())}


def refusal_said(refused: TwoOfficersRefused) -> str:
    """Why two officers may not do something, and what can be done, in the reader's words."""
    reader = current_reader()
    parts = (f"health_controls.two_officers.{refused.code}.{part}" for part in ("title", "remedy"))
    return " ".join(reader.words(each) for each in parts)
