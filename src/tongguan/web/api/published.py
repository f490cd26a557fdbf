"""What an authority publishes to the other side and to everyone; and acts sent here."""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import StringConstraints

from tongguan.app.acts import receive_act
from tongguan.app.publishing import published_acts, published_keys, published_status_list
from tongguan.web.api.problems import FieldFault, ProblemCode, ProblemError
from tongguan.web.api.routing import operation
from tongguan.web.api.shapes import Identifier, SignedOut, Strict
from tongguan.web.permissions import Permission
from tongguan.web.service import current_authority

router = Router(tags=["published"])


class ActsOut(Schema):
    """Signed acts in base64, in the order received."""

    acts: list[str]


class ActIn(Strict):
    """A signed act in base64."""

    signed: Annotated[
        str, StringConstraints(strict=True, min_length=1, pattern=r"^[A-Za-z0-9+/=]+$")
    ]


class ReceivedOut(Schema):
    """What became of an act: new here, or known already."""

    is_new: bool


@operation(router, "GET", "/published/keys", permission=Permission.ANYONE, answer=SignedOut)
def show_keys(request: HttpRequest) -> SignedOut:
    """The authority's key set, signed by its own scheme key."""
    return SignedOut(signed=_encoded(published_keys(current_authority())))


@operation(router, "GET", "/published/acts", permission=Permission.ANYONE, answer=ActsOut)
def list_acts(request: HttpRequest) -> ActsOut:
    """Every signed act this authority holds, its own and the other side's."""
    return ActsOut(acts=[_encoded(each) for each in published_acts(current_authority())])


@operation(
    router,
    "GET",
    "/published/status-lists/{list_id}",
    permission=Permission.ANYONE,
    answer=SignedOut,
)
def show_status_list(request: HttpRequest, list_id: Identifier) -> SignedOut:
    """The codes of one kind that are void, as of now."""
    try:
        signed = published_status_list(current_authority(), list_id)
    except KeyError:
        raise ProblemError(ProblemCode.NOT_FOUND) from None
    return SignedOut(signed=_encoded(signed))


@operation(router, "POST", "/acts", permission=Permission.ANYONE, answer=ReceivedOut)
def post_act(request: HttpRequest, payload: ActIn) -> ReceivedOut:
    """Keep an act that a trusted authority signed; its signature is its only credential."""
    try:
        message = b64decode(payload.signed, validate=True)
    except Base64Error:
        fault = FieldFault(path="/signed", message_key="problems.fields.wrong_form")
        raise ProblemError(ProblemCode.REQUEST_INVALID, fault) from None
    receipt = receive_act(current_authority(), message)
    if receipt.refused is not None:
        raise ProblemError(
            ProblemCode.ACT_REFUSED,
            FieldFault(
                path="/signed",
                message_key="problems.fields.act",
                facts=(("reason", receipt.refused),),
            ),
        )
    return ReceivedOut(is_new=receipt.is_new)


def _encoded(signed: bytes) -> str:
    return b64encode(signed).decode()
