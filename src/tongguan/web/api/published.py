"""What an authority publishes to the other side and to everyone; and acts sent here."""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import StringConstraints

from tongguan.app.acts import receive_act
from tongguan.app.figures import receive_figures
from tongguan.app.publishing import (
    published_acts,
    published_annexes,
    published_figures,
    published_keys,
    published_recognitions,
    published_status_list,
    published_trust_lists,
)
from tongguan.web.api.problems import FieldFault, ProblemCode, ProblemError
from tongguan.web.api.routing import operation
from tongguan.web.api.shapes import Identifier, SignedOut, Strict
from tongguan.web.permissions import Permission
from tongguan.web.service import current_authority

router = Router(tags=["published"])


class ActsOut(Schema):
    """Signed acts in base64, in the order received."""

    acts: list[str]


class AnnexesOut(Schema):
    """Signed annexes in base64, in the order received."""

    annexes: list[str]


class FiguresOut(Schema):
    """Signed daily figures in base64, in the order received."""

    figures: list[str]


class TrustListsOut(Schema):
    """Signed trust lists in base64, in the order received."""

    trust_lists: list[str]


class RecognitionsOut(Schema):
    """Signed statements of recognition in base64, in the order received."""

    recognitions: list[str]


class SignedIn(Strict):
    """A signed act, or signed figures, in base64."""

    signed: Annotated[
        str, StringConstraints(strict=True, min_length=1, pattern=r"^[A-Za-z0-9+/=]+$")
    ]


class ReceivedOut(Schema):
    """What became of it: new here, or known already."""

    is_new: bool


@operation(router, "GET", "/published/keys", permission=Permission.ANYONE, answer=SignedOut)
def show_keys(request: HttpRequest) -> SignedOut:
    """The authority's key set, signed by its own scheme key."""
    return SignedOut(signed=_encoded(published_keys(current_authority())))


@operation(router, "GET", "/published/acts", permission=Permission.ANYONE, answer=ActsOut)
def list_acts(request: HttpRequest) -> ActsOut:
    """Every signed act this authority holds, its own and the other side's."""
    return ActsOut(acts=[_encoded(each) for each in published_acts(current_authority())])


@operation(router, "GET", "/published/annexes", permission=Permission.ANYONE, answer=AnnexesOut)
def list_annexes(request: HttpRequest) -> AnnexesOut:
    """Every signed annex this authority holds, its own and the other side's."""
    return AnnexesOut(annexes=[_encoded(each) for each in published_annexes(current_authority())])


@operation(router, "GET", "/published/figures", permission=Permission.ANYONE, answer=FiguresOut)
def list_figures(request: HttpRequest) -> FiguresOut:
    """All signed daily figures this authority holds, its own and the other side's."""
    return FiguresOut(figures=[_encoded(each) for each in published_figures(current_authority())])


@operation(
    router, "GET", "/published/trust-lists", permission=Permission.ANYONE, answer=TrustListsOut
)
def list_trust_lists(request: HttpRequest) -> TrustListsOut:
    """Every signed trust list this authority holds, its own and the other side's."""
    signed = published_trust_lists(current_authority())
    return TrustListsOut(trust_lists=[_encoded(each) for each in signed])


@operation(
    router, "GET", "/published/recognitions", permission=Permission.ANYONE, answer=RecognitionsOut
)
def list_recognitions(request: HttpRequest) -> RecognitionsOut:
    """Every signed statement of what either side recognises of the other's lists."""
    signed = published_recognitions(current_authority())
    return RecognitionsOut(recognitions=[_encoded(each) for each in signed])


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
def post_act(request: HttpRequest, payload: SignedIn) -> ReceivedOut:
    """Keep an act that a trusted authority signed; its signature is its only credential."""
    receipt = receive_act(current_authority(), _message(payload))
    if receipt.refused is not None:
        raise _refused(ProblemCode.ACT_REFUSED, receipt.refused)
    return ReceivedOut(is_new=receipt.is_new)


@operation(router, "POST", "/figures", permission=Permission.ANYONE, answer=ReceivedOut)
def post_figures(request: HttpRequest, payload: SignedIn) -> ReceivedOut:
    """Keep daily figures that a trusted authority signed and a scheme declares."""
    receipt = receive_figures(current_authority(), _message(payload))
    if receipt.refused is not None:
        raise _refused(ProblemCode.FIGURES_REFUSED, receipt.refused)
    return ReceivedOut(is_new=receipt.is_new)


def _message(payload: SignedIn) -> bytes:
    try:
        return b64decode(payload.signed, validate=True)
    except Base64Error:
        fault = FieldFault(path="/signed", message_key="problems.fields.wrong_form")
        raise ProblemError(ProblemCode.REQUEST_INVALID, fault) from None


def _refused(code: ProblemCode, reason: str) -> ProblemError:
    fault = FieldFault(
        path="/signed", message_key="problems.fields.act", facts=(("reason", reason),)
    )
    return ProblemError(code, fault)


def _encoded(signed: bytes) -> str:
    return b64encode(signed).decode()
