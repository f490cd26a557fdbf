"""Answers to requests that cannot be served: a page, or a problem document under ``/api/``."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

from tongguan.web.api.problems import ProblemCode, problem
from tongguan.web.context import bare_frame

RETRY_AFTER_SECONDS = 5


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The request makes no sense."""
    return answer(request, ProblemCode.REQUEST_INVALID)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The request may not be made."""
    return answer(request, ProblemCode.FORBIDDEN)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token is missing or from another session."""
    return answer(request, ProblemCode.FORM_EXPIRED)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """There is nothing under this address."""
    return answer(request, ProblemCode.NOT_FOUND)


def too_large(request: HttpRequest) -> HttpResponse:
    """The body is larger than any route takes."""
    return answer(request, ProblemCode.BODY_TOO_LARGE)


def unavailable(request: HttpRequest) -> HttpResponse:
    """The database does not answer; the same request may be sent again."""
    response = answer(request, ProblemCode.UNAVAILABLE)
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def our_fault(request: HttpRequest) -> HttpResponse:
    """Something that should not happen did; the details are in the log, never in the answer."""
    return answer(request, ProblemCode.INTERNAL_ERROR)


def answer(request: HttpRequest, code: ProblemCode) -> HttpResponse:
    """The answer for a problem, in the form that the caller of this address expects."""
    if request.path.startswith("/api/"):
        return problem(request, code)
    language = translation.get_language_from_request(request, check_path=True)
    with translation.override(language):
        page = render_to_string(
            "error.html",
            {
                "frame": bare_frame(),
                "title_key": f"problems.{code}.title",
                "what_key": f"problems.{code}.what",
            },
        )
    return HttpResponse(page, status=code.status)
