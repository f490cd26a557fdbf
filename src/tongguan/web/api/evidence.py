"""Evidence: batches that laboratories, offices and posts signed."""

from base64 import b64decode
from binascii import Error as Base64Error
from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import StringConstraints

from tongguan.app.evidence.batches import receive_batch
from tongguan.core.evidence.batch_faults import BatchRefused
from tongguan.web.api.problems import FieldFault, ProblemCode, ProblemError
from tongguan.web.api.routing import operation
from tongguan.web.api.shapes import Strict
from tongguan.web.permissions import Permission
from tongguan.web.service import current_authority

router = Router(tags=["evidence"])


class BatchIn(Strict):
    """A signed batch in base64."""

    signed: Annotated[
        str, StringConstraints(strict=True, min_length=1, pattern=r"^[A-Za-z0-9+/=]+$")
    ]


class BatchOut(Schema):
    """What came of a batch: how many, and never who."""

    is_new: bool
    standings: dict[str, int]
    withdrawn: int
    withheld: int
    places: int


@operation(router, "POST", "/evidence", permission=Permission.ANYONE, answer=BatchOut)
def post_evidence(request: HttpRequest, payload: BatchIn) -> BatchOut:
    """Take a batch that an enrolled source signed; its signature is its only credential."""
    authority = current_authority()
    if authority.health_rules is None:
        raise ProblemError(ProblemCode.NOT_FOUND)
    receipt = receive_batch(authority, _message(payload))
    if receipt.refused is not None:
        raise _refused(receipt.refused)
    return BatchOut(
        is_new=receipt.is_new,
        standings={each.value: count for each, count in sorted(receipt.standings.items())},
        withdrawn=receipt.withdrawn,
        withheld=receipt.withheld,
        places=receipt.places,
    )


def _message(payload: BatchIn) -> bytes:
    try:
        return b64decode(payload.signed, validate=True)
    except Base64Error:
        fault = FieldFault(path="/signed", message_key="problems.fields.wrong_form")
        raise ProblemError(ProblemCode.REQUEST_INVALID, fault) from None


def _refused(refused: BatchRefused) -> ProblemError:
    """The stable code of the fault, and what it means with its place in the batch."""
    code = FieldFault(
        path="/signed",
        message_key="problems.fields.act",
        facts=(("reason", refused.code.value),),
    )
    words = FieldFault(
        path="/signed",
        message_key=f"evidence.batch.{refused.code.value}",
        facts=(("place", refused.place or "batch"),),
    )
    return ProblemError(ProblemCode.EVIDENCE_REFUSED, code, words)
