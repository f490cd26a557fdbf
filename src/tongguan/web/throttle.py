"""Guessing made slow: after some failures a name is closed for a while, on every worker."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from tongguan.web.models import SignInFailure

FAILURES_MAX = 5
"""Failures under one name in a window; the next try is refused without looking."""
WINDOW_MINUTES = 15

_WINDOW = timedelta(minutes=WINDOW_MINUTES)


@dataclass(frozen=True, kw_only=True, slots=True)
class Throttle:
    """Failures under one name (a reference or an officer's), whether or not the name exists."""

    kind: str
    name: str

    @property
    def _hash(self) -> str:
        return salted_hmac(
            f"tongguan.throttle.{self.kind}", self.name, algorithm="sha256"
        ).hexdigest()

    def closed(self) -> bool:
        """Whether too many tries failed lately, so that the next one is not even looked at."""
        return self.failures() >= FAILURES_MAX

    def failures(self) -> int:
        """How many tries failed lately."""
        started = timezone.now() - _WINDOW
        kept = SignInFailure.objects.filter(name_hash=self._hash, since__gt=started)
        return sum(kept.values_list("failures", flat=True))

    def failed(self) -> None:
        """Count a failure; the window begins with its first one."""
        now = timezone.now()
        SignInFailure.objects.filter(since__lte=now - _WINDOW).delete()
        _, made = SignInFailure.objects.get_or_create(
            name_hash=self._hash, defaults={"failures": 1, "since": now}
        )
        if not made:
            SignInFailure.objects.filter(name_hash=self._hash).update(failures=F("failures") + 1)

    def succeeded(self) -> None:
        """Forget the failures of who signed in."""
        SignInFailure.objects.filter(name_hash=self._hash).delete()
