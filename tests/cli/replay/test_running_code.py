"""The digest of the running code changes with any function, whatever part of it changes."""

import functools
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest

from tongguan.cli.replay.running_code import is_unchanged, running_code

NAME = "tongguan.made_up_for_a_test"


@pytest.fixture
def module() -> Iterator[ModuleType]:
    made = ModuleType(NAME)
    sys.modules[NAME] = made
    yield made
    del sys.modules[NAME]


def written(module: ModuleType, source: str) -> str:
    """The digest of a module of this source."""
    names: dict[str, object] = {"__name__": NAME, "functools": functools}
    exec(source, names)  # noqa: S102 - the source stands below
    vars(module).update(names)
    return running_code()[NAME]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("def f(x): return x in ('a', 'b')", "def f(x): return x in ('a', 'c')"),
        ("def f(x): return x in {'a', 'b'}", "def f(x): return x in {'a', 'c'}"),
        ("def f(x): return x * 1.5", "def f(x): return x * 2.5"),
        ("class C:\n p = property(lambda s: 1)", "class C:\n p = property(lambda s: 2)"),
        (
            "class C:\n @classmethod\n def f(c): return 1",
            "class C:\n @classmethod\n def f(c): return 2",
        ),
        (
            "@functools.cache\ndef f(): return 1",
            "@functools.cache\ndef f(): return 2",
        ),
    ],
    ids=["tuple", "set", "float", "property", "class method", "cached"],
)
def test_digest__changes__with_any_part_of_a_function(
    module: ModuleType, before: str, after: str
) -> None:
    first = written(module, before)
    assert written(module, before) == first
    assert written(module, after) != first


def test_code__is_unchanged__when_other_modules_are_loaded(module: ModuleType) -> None:
    before = dict(running_code())
    del before[NAME]
    assert is_unchanged(before, running_code())
