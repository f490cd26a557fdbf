"""What the other authority publishes, fetched over HTTP; none of it is trusted here."""

import base64
from binascii import Error as Base64Error
from dataclasses import dataclass
from typing import Any, Final

import httpx

_SECONDS_MAX: Final = 10
_PUBLISHED: Final = "/api/v1/published"


class PeerUnreachableError(RuntimeError):
    """The other side did not answer, or with something that is no publication."""


class NotPublishedError(PeerUnreachableError, KeyError):
    """The other side answered that it publishes no such thing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HttpSource:
    """An authority's published keys, acts and status lists at its address."""

    url: str

    def keys(self) -> bytes:
        """Its signed key set."""
        return signed_member(self._get("/keys"))

    def acts(self) -> tuple[bytes, ...]:
        """The acts that it holds."""
        acts = self._get("/acts").get("acts")
        if not isinstance(acts, list):
            raise PeerUnreachableError("no acts in the answer")
        return tuple(signed_member({"signed": each}) for each in acts)

    def status_list(self, list_id: str) -> bytes:
        """One of its status lists; ``KeyError`` when it is not published."""
        return signed_member(self._get(f"/status-lists/{list_id}"))

    def _get(self, path: str) -> dict[str, Any]:
        try:
            response = httpx.get(f"{self.url.rstrip('/')}{_PUBLISHED}{path}", timeout=_SECONDS_MAX)
            if response.status_code == httpx.codes.NOT_FOUND:
                raise NotPublishedError(path)
            response.raise_for_status()
            answer = response.json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise PeerUnreachableError(f"{self.url}: {type(error).__name__}") from error
        if not isinstance(answer, dict):
            raise PeerUnreachableError(f"{self.url}: not an object")
        return answer


def signed_member(answer: object) -> bytes:
    """What stands in base64 under ``signed``; ``PeerUnreachableError`` for any other answer."""
    value = answer.get("signed") if isinstance(answer, dict) else None
    if not isinstance(value, str):
        raise PeerUnreachableError("nothing signed in the answer")
    try:
        return base64.b64decode(value, validate=True)
    except Base64Error as error:
        raise PeerUnreachableError("what is signed is not in base64") from error
