"""Everything from outside that can lead to the door of evidence, each with what it has to show.

Asked of the source tree's text: a page, an operation or a command that could bring evidence in is
found before anybody calls it, and has to be entered here with its permission.
"""

import inspect

import typer.main

from tests.builders.authorities import Pair
from tests.builders.reach import reaching
from tests.cli.test_main import commands
from tests.web.test_routes import is_operation, routes
from tongguan.cli import main
from tongguan.web.api.interface import ROUTERS
from tongguan.web.permissions import Permission, permission_of

DOOR = frozenset({"tongguan.app.evidence.entry.enter", "tongguan.app.evidence.entry.become"})
OPERATIONS = {
    # Reference and secret of the registration stand in the body, or the signature is the due.
    "POST /certificates": Permission.ANYONE,
    "POST /conversions": Permission.ANYONE,
    "POST /evidence": Permission.ANYONE,
    "PUT /health-codes/{code_id}": Permission.ANYONE,
}
PAGES = {
    "bring-certificate": Permission.REGISTERED,
    "bring-statement": Permission.REGISTERED,
    "correction": Permission.REGISTERED,
    "desk-bring": Permission.OFFICER,  # and the secret, which the person types
    "desk-certificate": Permission.OFFICER,  # the same; no officer confirms what is adverse
    "desk-correction": Permission.OFFICER,  # the same
    "desk-declare": Permission.OFFICER,  # and the secret, which the person types
    "desk-proposal": Permission.OFFICER,  # of another unit than the one who proposed
    "health-code-anew": Permission.REGISTERED,
    "health-code-declare": Permission.REGISTERED,
}
COMMANDS = {
    "health code issue",  # reference and secret of the registration
    "demo",  # plays with authorities that it makes itself
    "health evidence receive",  # a signed batch
    "health source withdraw",  # of a source whose key was stolen, from a time that all can read
    "scheme replay",  # the same
}
"""At the console of the machine, where the keys and the database lie."""


def test_operations__that_lead_to_the_door__are_known_with_their_permission(hk: Pair) -> None:
    found = {
        f"{method} {path}": permission_of(operation.view_func)
        for router in ROUTERS
        for path, view in router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
        if name_of(operation.view_func) in reaching(DOOR)
    }
    assert found == OPERATIONS


def test_pages__that_lead_to_the_door__are_known_with_their_permission(hk: Pair) -> None:
    found = {
        str(each.name): permission_of(each.callback)
        for each in routes()
        if not is_operation(each) and name_of(each.callback) in reaching(DOOR)
    }
    assert found == PAGES


def test_commands__that_lead_to_the_door__are_known() -> None:
    found = {" ".join(path) for path in commands() if _leads(path)}
    assert found == COMMANDS


def test_reach__finds__what_is_certain_to_lead_there() -> None:
    """Were nothing found any more, everything above would hold."""
    found = reaching(DOOR)
    assert "tongguan.web.api.evidence.post_evidence" in found
    assert "tongguan.app.control.proposals.confirm" in found
    assert "tongguan.web.api.published.post_act" not in found


def _leads(path: tuple[str, ...]) -> bool:
    command = typer.main.get_command(main.app)
    for name in path:
        command = command.commands[name]  # type: ignore[attr-defined]
    return name_of(command.callback) in reaching(DOOR)


def name_of(view: object) -> str:
    """The full name of a function as it stands in the source."""
    function = inspect.unwrap(view)  # type: ignore[arg-type]
    return f"{function.__module__}.{function.__qualname__}"
