"""What holds for every request, whichever route it is for."""

import logging
from collections.abc import Callable

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse

from tongguan.adapters.postgres.connections import DatabaseUnavailable
from tongguan.web.settings import BODY_BYTES_MAX

log = logging.getLogger("tongguan.web")

Handler = Callable[[HttpRequest], HttpResponse]


def refuse_large_bodies(get_response: Handler) -> Handler:
    """Refuse a body that is too large by its announced length, before any of it is read."""

    def handle(request: HttpRequest) -> HttpResponse:
        if _announced_bytes(request) > BODY_BYTES_MAX:
            from tongguan.web.errors import too_large  # noqa: PLC0415 - needs Django set up

            return too_large(request)
        return get_response(request)

    return handle


def _announced_bytes(request: HttpRequest) -> int:
    announced = request.META.get("CONTENT_LENGTH") or "0"
    return int(announced) if announced.isdigit() else 0


class AnswerWhenUnavailable:
    """Say that the database does not answer, instead of calling it a fault of the program."""

    def __init__(self, get_response: Handler) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; only its exceptions matter here."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """503 for a database that is away; anything else is left to the server error page."""
        if not isinstance(error, DatabaseUnavailable | OperationalError):
            return None
        from tongguan.web.errors import unavailable  # noqa: PLC0415 - needs Django set up

        log.warning("the database did not answer: %s", type(error).__name__)
        return unavailable(request)


def answer_api_methods(get_response: Handler) -> Handler:
    """Say in a problem document that the API has no such method at an address."""

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code != 405 or not request.path.startswith("/api/"):
            return response
        from tongguan.web.api.problems import ProblemCode, problem  # noqa: PLC0415

        answer = problem(request, ProblemCode.METHOD_NOT_ALLOWED)
        answer["Allow"] = response.headers.get("Allow", "")
        return answer

    return handle
