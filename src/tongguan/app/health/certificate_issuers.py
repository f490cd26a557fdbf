"""Whose certificates an authority takes as evidence, and what rests on each key."""

from dataclasses import dataclass
from datetime import datetime

from tongguan.app.authorities import Authority
from tongguan.core.certificates.x509 import written_key_id


@dataclass(frozen=True, kw_only=True, slots=True)
class IssuerKey:
    """A key on which certificates may rest, or do although it is no longer enrolled."""

    key_id: str
    issuer: str | None
    """A country and a name, or an address; ``None`` for a key that is not enrolled now."""
    not_after: datetime | None
    """The last instant of its certificate; ``None`` where it has none."""
    brought: int
    """Certificates that rest on it and that people brought."""

    @property
    def is_enrolled(self) -> bool:
        """Whether what rests on it counts."""
        return self.issuer is not None


def issuer_keys(authority: Authority) -> tuple[IssuerKey, ...]:
    """Every enrolled key, and every other on which something rests, in the order of their ids."""
    with authority.database.transaction() as transaction:
        brought = transaction.certificates.by_key()
    trusted = authority.certificate_issuers
    issuers: dict[str, tuple[str | None, datetime | None]] = dict.fromkeys(brought, (None, None))
    for key in trusted.issuers.keys:
        # A certificate stands below under the id that every format but the cards' knows it by.
        if key.certificate is not None and key.key_id not in brought and not key.addresses:
            continue
        until = None if key.certificate is None else key.certificate.not_after
        issuers[key.key_id] = (key.owner, until)
    for each in trusted.trust.certificates:
        name = " ".join(part for part in (each.country, each.subject) if part)
        issuers[written_key_id(each)] = (name or "?", each.not_after)
    return tuple(
        IssuerKey(key_id=key_id, issuer=issuer, not_after=until, brought=brought.get(key_id, 0))
        for key_id, (issuer, until) in sorted(issuers.items())
    )
