"""What a pass says, and the rules that keep it small enough for a code that scans well."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from tongguan.core.credentials.cwt import (
    CONTROL_CHARACTER,
    are_identifiers,
    check_instant,
    days,
    is_identifier,
    seconds,
)
from tongguan.core.credentials.holder import HOLDER_TAG_BYTES, holder_period
from tongguan.core.credentials.status_list import INDEX_MAX
from tongguan.core.identifiers import (
    AuthorityId,
    CategoryId,
    ControlPointId,
    DirectionId,
    PassId,
    SchemeId,
    VersionDigest,
)
from tongguan.core.scheme.model import Leg

PASS_ID_BYTES = 16
NAME_BYTES_MAX = 64
VERSION_DIGEST_BYTES = 8
DAY_MINUTES = 1440
SLOT_MINUTES_MAX = DAY_MINUTES
_LENGTHS = (PASS_ID_BYTES, VERSION_DIGEST_BYTES, HOLDER_TAG_BYTES)
_IDENTIFIERS = ("issuer", "scheme_id", "direction", "category", "control_point", "status_list")
_NO_TIME = timedelta(0)
_SLOT_MAX = timedelta(minutes=SLOT_MINUTES_MAX)
SLOT_OFFSET_MINUTES_MAX = 2 * DAY_MINUTES
"""From 00:00 UTC of the service day to the start of its slots, in any zone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PassClaims:
    """What the issuer of a pass vouches for; ValueError when it could not stand in a code.

    Instants are whole seconds with a zone, those of the slot whole minutes; what is read back is
    in UTC. Identifiers are one to forty visible ASCII characters. The name is there for the
    officer's eye; nothing rests on it.
    """

    pass_id: PassId
    """A UUID's sixteen bytes; use-once rests on it, for one pass has more than one text."""
    issuer: AuthorityId
    scheme_id: SchemeId
    version_digest: bytes
    """The first eight bytes of the SHA-256 of the version's canonical text."""
    direction: DirectionId
    leg: Leg
    category: CategoryId
    service_day: date
    slot_start: datetime
    slot_end: datetime
    """Excluded."""
    control_point: ControlPointId
    name: str = field(repr=False)
    holder_tag: bytes = field(repr=False)
    """Made with the holder key of the month of the service day."""
    home_day: date | None = None
    """On the way out, the day for which the same person holds a place home, if any."""
    status_list: str
    status_index: int
    issued_at: datetime
    not_before: datetime | None = None
    expires_at: datetime
    """Excluded; may lie before the issue, for a pass of yesterday can still be shown."""

    def __post_init__(self) -> None:
        """ValueError that names the field, never its value."""
        if (len(self.pass_id), len(self.version_digest), len(self.holder_tag)) != _LENGTHS:
            raise ValueError("pass_id, version_digest or holder_tag is of another length")
        identifiers = (
            self.issuer,
            self.scheme_id,
            self.direction,
            self.category,
            self.control_point,
            self.status_list,
        )
        if not are_identifiers(identifiers):
            wrong = next(n for n, each in enumerate(identifiers) if not is_identifier(each))
            raise ValueError(f"{_IDENTIFIERS[wrong]} is not one to forty visible ASCII characters")
        self._check_times()
        if not (self.name[:1].isalnum() or name_on_pass(self.name)):
            raise ValueError("name is empty")
        if not 0 <= self.status_index <= INDEX_MAX:
            raise ValueError("status_index lies outside every status list")

    @property
    def holder_period(self) -> str:
        """The month of the service day, ``YYYY-MM``: which holder key made the tag."""
        return holder_period(self.service_day)

    def _check_times(self) -> None:
        start, length = seconds(self.slot_start), self.slot_end - self.slot_start
        if not _NO_TIME < length <= _SLOT_MAX or start % 60 or length.seconds % 60:
            raise ValueError("a slot has 1 to 1440 whole minutes")
        if abs(start // 60 - days(self.service_day) * DAY_MINUTES) > SLOT_OFFSET_MINUTES_MAX:
            raise ValueError("the slot does not start on the service day")
        for instant in (self.slot_end, self.issued_at, self.expires_at):
            check_instant(instant)
        if self.not_before is not None:
            check_instant(self.not_before)
        if self.home_day is not None:
            days(self.home_day)
            if self.leg is Leg.HOME:
                raise ValueError("a pass for the way home states no other way home")


def name_on_pass(name: str, bytes_max: int = NAME_BYTES_MAX) -> str:
    """The name as a pass carries it: no control characters, one space between words, and cut to
    so many bytes of UTF-8 at the boundary of a character.
    """
    words = CONTROL_CHARACTER.sub(" ", name).split()
    return " ".join(words).encode()[:bytes_max].decode(errors="ignore").rstrip()


def pass_version_digest(version: VersionDigest) -> bytes:
    """The part of a version's digest that a pass has room for."""
    return bytes.fromhex(version)[:VERSION_DIGEST_BYTES]
