"""The interface's description for people: every operation with its permission, every problem."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tongguan.adapters.words import words
from tongguan.web.api.interface import ROUTERS
from tongguan.web.api.problems import ProblemCode
from tongguan.web.languages import current_language
from tongguan.web.permissions import Permission, allows, permission_of

PREFIX = "/api/v1"


@dataclass(frozen=True, kw_only=True, slots=True)
class OperationShown:
    """One operation."""

    method: str
    path: str
    name: str
    what: str
    permission: str


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupShown:
    """The operations on one noun."""

    tag: str
    title: str
    operations: tuple[OperationShown, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ProblemShown:
    """One kind of problem."""

    code: str
    status: int
    title: str


@allows(Permission.ANYONE)
def docs(request: HttpRequest) -> HttpResponse:
    """Operations and problems in the reader's language."""
    language = current_language()
    return render(
        request,
        "api/docs.html",
        {
            "groups": operations_shown(),
            "problems": [
                ProblemShown(
                    code=each.value,
                    status=each.status,
                    title=words(f"problems.{each}.title", language),
                )
                for each in ProblemCode
            ],
        },
    )


def operations_shown() -> tuple[GroupShown, ...]:
    """Every operation of every router, in the order in which they are declared."""
    language = current_language()
    groups = []
    for router in ROUTERS:
        tag = (router.tags or [""])[0]
        shown = [
            OperationShown(
                method=each.methods[0],
                path=PREFIX + path,
                name=each.view_func.__name__,
                what=words(f"api.operations.{each.view_func.__name__}", language),
                permission=permission_of(each.view_func) or "",
            )
            for path, view in router.path_operations.items()
            for each in view.operations
        ]
        groups.append(
            GroupShown(tag=tag, title=words(f"api.groups.{tag}", language), operations=tuple(shown))
        )
    return tuple(groups)
