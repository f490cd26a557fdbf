"""The other authority's publications over HTTP; what comes is bounded in size and not trusted."""

from base64 import b64decode
from binascii import Error as Base64Error
from typing import Any

import httpx

_BYTES_MAX = 4 * 1024 * 1024
_SECONDS_MAX = 10


class PeerUnreachableError(RuntimeError):
    """The other side did not answer, or not in the form that is published."""


class NotPublishedError(PeerUnreachableError, KeyError):
    """The other side answered that it publishes no such thing."""


class HttpPeerSource:
    """``PeerSource`` over the other side's REST interface."""

    def __init__(self, url: str, *, seconds_max: float = _SECONDS_MAX) -> None:
        self._url = f"{url.rstrip('/')}/api/v1/published"
        self._seconds_max = seconds_max

    def keys(self) -> bytes:
        """The signed key set."""
        return _decoded(self._get("/keys").get("signed"))

    def acts(self) -> tuple[bytes, ...]:
        """Every signed act it holds."""
        return self._messages("acts")

    def annexes(self) -> tuple[bytes, ...]:
        """Every signed annex it holds; one that publishes none has none."""
        return self._messages_if_published("annexes")

    def figures(self) -> tuple[bytes, ...]:
        """All signed daily figures it holds."""
        return self._messages("figures")

    def trust_lists(self) -> tuple[bytes, ...]:
        """Every signed trust list it holds; one that publishes none has none."""
        return self._messages_if_published("trust-lists")

    def recognitions(self) -> tuple[bytes, ...]:
        """Every signed statement of recognition it holds; one that publishes none has none."""
        return self._messages_if_published("recognitions")

    def status_list(self, list_id: str) -> bytes:
        """One signed status list; ``KeyError`` when it is not published."""
        return _decoded(self._get(f"/status-lists/{list_id}").get("signed"))

    def _messages_if_published(self, name: str) -> tuple[bytes, ...]:
        try:
            return self._messages(name)
        except NotPublishedError:
            return ()

    def _messages(self, name: str) -> tuple[bytes, ...]:
        messages = self._get(f"/{name}").get(name.replace("-", "_"))
        if not isinstance(messages, list):
            raise PeerUnreachableError(f"no list of {name} came")
        return tuple(_decoded(each) for each in messages)

    def _get(self, path: str) -> dict[str, Any]:
        try:
            with httpx.stream(
                "GET", self._url + path, timeout=self._seconds_max, follow_redirects=False
            ) as answer:
                if answer.status_code == httpx.codes.NOT_FOUND:
                    raise NotPublishedError(path)
                answer.raise_for_status()
                body = bytearray()
                for part in answer.iter_bytes():
                    body += part
                    if len(body) > _BYTES_MAX:
                        raise PeerUnreachableError(f"{path} is larger than {_BYTES_MAX} bytes")
            document = httpx.Response(200, content=bytes(body)).json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError) as error:
            raise PeerUnreachableError(f"{path}: {type(error).__name__}") from error
        if not isinstance(document, dict):
            raise PeerUnreachableError(f"{path} is not the published form")
        return document


def _decoded(value: object) -> bytes:
    if not isinstance(value, str):
        raise PeerUnreachableError("not the published form")
    try:
        return b64decode(value, validate=True)
    except Base64Error as error:
        raise PeerUnreachableError("not base64") from error
