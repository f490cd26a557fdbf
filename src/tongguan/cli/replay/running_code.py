"""The code that this process runs, so that it can be shown to stay the same."""

import functools
import hashlib
import sys
from collections.abc import Iterator, Mapping
from types import CodeType, FunctionType, ModuleType

_PACKAGE = "tongguan"
_Cached = type(functools.cache(lambda: None))


def running_code() -> Mapping[str, str]:
    """A digest of every function of the program's modules as they are loaded now, by module.

    Of what runs, not of files: those may be edited meanwhile without touching this process.
    """
    return {
        name: _digest(module)
        for name, module in sorted(sys.modules.items())
        if name.partition(".")[0] == _PACKAGE
    }


def is_unchanged(before: Mapping[str, str], after: Mapping[str, str]) -> bool:
    """Whether every module that was loaded before is as it was; others may have been loaded."""
    return all(after.get(name) == digest for name, digest in before.items())


def _digest(module: ModuleType) -> str:
    digest = hashlib.sha256()
    for function in _functions(vars(module), module.__name__):
        for piece in _pieces(function.__code__):
            digest.update(piece)
    return digest.hexdigest()


_KINDS = (FunctionType, type, property, classmethod, staticmethod, _Cached)


def _functions(names: Mapping[str, object], module: str) -> Iterator[FunctionType]:
    """The functions written in a module, those of its classes too."""
    for found in list(names.values()):
        # By type alone: a lazy value that is asked anything comes to life.
        if not issubclass(type(found), _KINDS):
            continue
        value = _behind(found)
        if getattr(value, "__module__", None) != module:
            continue
        if isinstance(value, FunctionType):
            yield value
        elif isinstance(value, type):
            yield from _functions(vars(value), module)


def _behind(value: object) -> object:
    """The function behind a property, a class method or a cache; anything else as it is."""
    if isinstance(value, property):
        value = value.fget
    if isinstance(value, classmethod | staticmethod):
        value = value.__func__
    return value.__wrapped__ if isinstance(value, _Cached) else value


def _pieces(code: CodeType) -> Iterator[bytes]:
    yield code.co_name.encode()
    yield code.co_code
    yield repr(code.co_names).encode()
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _pieces(constant)
        elif isinstance(constant, frozenset):
            yield repr(sorted(map(repr, constant))).encode()  # a set has no order of its own
        else:
            yield repr(constant).encode()
