"""Which issuers' certificates are believed."""

from dataclasses import dataclass, field

from tongguan.core.certificates.x509 import IssuerCertificate


@dataclass(frozen=True, kw_only=True, slots=True)
class TrustStore:
    """The certificates that an authority enrolled; a key id may stand for several of them."""

    certificates: tuple[IssuerCertificate, ...] = ()
    _by_key_id: dict[bytes, tuple[IssuerCertificate, ...]] = field(
        init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        by_key_id: dict[bytes, tuple[IssuerCertificate, ...]] = {}
        for each in dict.fromkeys(self.certificates):
            by_key_id[each.key_id] = (*by_key_id.get(each.key_id, ()), each)
        object.__setattr__(self, "_by_key_id", by_key_id)

    def find(self, key_id: bytes) -> tuple[IssuerCertificate, ...]:
        """The certificates of this key id: the first eight bytes of their SHA-256."""
        return self._by_key_id.get(key_id, ())
