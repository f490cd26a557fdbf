"""Problem documents (RFC 9457) as the framework answers with them."""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import patch_vary_headers

from tongguan.adapters.problems import (
    CHALLENGE,
    MEDIA_TYPE,
    FieldFault,
    ProblemCode,
    problem_document,
)
from tongguan.web.languages import accepted_language

__all__ = ["MEDIA_TYPE", "FieldFault", "ProblemCode", "ProblemError", "problem"]


class ProblemError(Exception):
    """Raised by an operation to answer with a problem document."""

    def __init__(self, code: ProblemCode, *faults: FieldFault) -> None:
        super().__init__(code)
        self.code = code
        self.faults = faults


def problem(
    request: HttpRequest, code: ProblemCode, faults: Iterable[FieldFault] = ()
) -> HttpResponse:
    """The problem document for a request, in the language it prefers."""
    language = accepted_language(request)
    response = JsonResponse(
        problem_document(code, language, faults),
        status=code.status,
        content_type=MEDIA_TYPE,
        json_dumps_params={"ensure_ascii": False},
    )
    response["Content-Language"] = language.value
    if code is ProblemCode.CREDENTIALS_WRONG:
        response["WWW-Authenticate"] = CHALLENGE
    patch_vary_headers(response, ["Accept-Language"])
    return response
