"""The one table of the web's own: failed sign-ins, counted so that guessing is slow.

Domain tables are not Django models; they belong to the use cases.
"""

from datetime import datetime
from typing import ClassVar

from django.db import models


class SignInFailure(models.Model):
    """Failures to sign in under one name since an instant; the name is kept as a keyed hash."""

    name_hash: "models.CharField[str, str]" = models.CharField(max_length=64, primary_key=True)
    failures: "models.PositiveIntegerField[int, int]" = models.PositiveIntegerField()
    since: "models.DateTimeField[datetime, datetime]" = models.DateTimeField()

    class Meta:
        """Named as Django asks."""

        app_label = "tongguan_web"
        db_table = "sign_in_failure"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["since"], name="sign_in_failure_since")
        ]

    def __str__(self) -> str:
        return f"{self.failures} failures"
