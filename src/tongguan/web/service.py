"""The one place that holds the authority this process serves."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tongguan.adapters.postgres.connections import AskAgain
from tongguan.adapters.reader import Reader
from tongguan.app.authorities import Authority
from tongguan.web.languages import current_language

_Answered = TypeVar("_Answered")


@dataclass(kw_only=True, slots=True)
class _Served:
    authority: Authority | None = None
    peer_url: str | None = None


_served = _Served()


def hold_authority(authority: Authority, *, peer_url: str | None = None) -> None:
    """Serve this authority from now on; ``peer_url`` is where the other side serves its pages."""
    _served.authority = authority
    _served.peer_url = peer_url


def current_authority() -> Authority:
    """The authority this process serves; raises when none was opened."""
    if _served.authority is None:
        raise RuntimeError("no authority has been opened in this process")
    return _served.authority


def peer_url() -> str | None:
    """Where the other side serves its pages, for links; ``None`` when it is not known."""
    return _served.peer_url


def current_reader() -> Reader:
    """Whom the answer being made is said to: in the request's language, by this authority."""
    return Reader(language=current_language(), authority=current_authority().id)


def asked_again(ask: Callable[[], _Answered]) -> _Answered:
    """The answer, asked for once more where another took the same in the same moment."""
    try:
        return ask()
    except AskAgain:
        return ask()
