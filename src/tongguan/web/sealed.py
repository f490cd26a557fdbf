"""Values kept in a session that nobody reads in the database: encrypted under the web's key."""

import base64
import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.utils.crypto import salted_hmac

from tongguan.web.settings import SESSION_SECONDS


def seal(value: dict[str, Any]) -> str:
    """A value as a text that only this authority can open."""
    return _box().encrypt(json.dumps(value).encode()).decode()


def unseal(sealed: str) -> dict[str, Any] | None:
    """The value, or ``None`` when it is too old or was not sealed here."""
    try:
        opened = json.loads(_box().decrypt(sealed.encode(), ttl=SESSION_SECONDS))
    except InvalidToken:
        return None
    return opened if isinstance(opened, dict) else None


def _box() -> Fernet:
    key = salted_hmac("tongguan.sealed", settings.SECRET_KEY, algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(key))
