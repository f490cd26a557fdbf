"""Sending a signed batch to an authority over HTTP; it names people, so never in the clear."""

import json
from base64 import b64encode
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

_SECONDS_MAX: Final = 60
_ANSWER_BYTES_MAX: Final = 256 * 1024
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


class ReceiverUnreachableError(RuntimeError):
    """The authority did not answer, or not in the form of its interface."""


class UnfitAddressError(ValueError):
    """No address to which people's names may be sent: not HTTPS, and not this machine."""


def send_batch(message: bytes, url: str) -> tuple[bool, Mapping[str, Any]]:
    """Whether the authority took the batch, and its answer or its problem document."""
    if not is_fit(url):
        raise UnfitAddressError(url)
    address = f"{url.rstrip('/')}/api/v1/evidence"
    body = {"signed": b64encode(message).decode()}
    try:
        with httpx.stream(
            "POST", address, json=body, timeout=_SECONDS_MAX, follow_redirects=False
        ) as answer:
            received = bytearray()
            for part in answer.iter_bytes():
                received += part
                if len(received) > _ANSWER_BYTES_MAX:
                    raise ReceiverUnreachableError("the answer is too long")
            is_taken = answer.status_code == httpx.codes.OK
    except httpx.HTTPError as error:
        raise ReceiverUnreachableError(type(error).__name__) from None
    try:
        said = json.loads(received)
    except (ValueError, RecursionError):
        raise ReceiverUnreachableError("the answer is no JSON") from None
    if not isinstance(said, dict) or (not is_taken and "code" not in said):
        raise ReceiverUnreachableError("the answer is not of this interface")
    return is_taken, said


def is_fit(url: str) -> bool:
    """Whether the address is HTTPS, or of this machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    return bool(host) and (
        parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    )
