"""Which functions of the source tree can lead to others, by name.

A name stands for every function or class that it may mean: imported, or of the same module; after
a dot, a method of that name of a class that the module defines or names. What is reached through
a class is all of its methods, and through a table of functions all that stand in it.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import tongguan

ROOT = Path(tongguan.__file__).parent
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(kw_only=True, eq=False)
class Module:
    """One module, read and not run."""

    name: str
    tree: ast.Module
    imported: dict[str, str] = field(default_factory=dict)
    """Local name to the full name it stands for."""
    defined: dict[str, ast.AST] = field(default_factory=dict)
    """Functions and classes by full name, methods among them."""


@cache
def modules() -> Mapping[str, Module]:
    """Every module of the package."""
    read = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT.parent).with_suffix("").parts
        name = ".".join(parts).removesuffix(".__init__")
        module = Module(name=name, tree=ast.parse(path.read_text(encoding="utf-8")))
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ImportFrom) and node.module is not None and not node.level:
                for each in node.names:
                    full = f"{node.module}.{each.name}"
                    module.imported[each.asname or each.name] = full
            elif isinstance(node, ast.Import):
                for each in node.names:
                    module.imported[each.asname or each.name] = each.name
        _define(module, module.tree, name)
        read[name] = module
    return read


def _define(module: Module, parent: ast.AST, path: str) -> None:
    for node in ast.iter_child_nodes(parent):
        if isinstance(node, ast.ClassDef):
            module.defined[f"{path}.{node.name}"] = node
            _define(module, node, f"{path}.{node.name}")
        elif isinstance(node, _Function):
            module.defined[f"{path}.{node.name}"] = node
        elif isinstance(node, ast.If | ast.Try | ast.With):
            _define(module, node, path)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(parent, ast.Module):
            # A table of functions leads to each of them.
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Name):
                    module.defined[f"{path}.{target.id}"] = node


@cache
def _definitions() -> Mapping[str, tuple[Module, ast.AST]]:
    return {
        name: (each, node) for each in modules().values() for name, node in each.defined.items()
    }


@cache
def led_to(name: str) -> frozenset[str]:
    """What the body of a function, class or table names."""
    module, node = _definitions()[name]
    found = set()
    inner = isinstance(node, ast.ClassDef)
    of_classes = {id(each.value) for each in ast.walk(node) if isinstance(each, ast.Attribute)}
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load):
            # ``Window.of`` leads to that method; a class that is called or handed on to all.
            found.update(
                full
                for full in _resolved(module, each.id)
                if id(each) not in of_classes or not _is_class(full)
            )
        elif isinstance(each, ast.Attribute):
            found.update(_of_module(module, each))
            found.update(_methods(module, each.attr))
    if inner:
        found.update(other for other in module.defined if other.startswith(f"{name}."))
    return frozenset(found - {name})


def _is_class(full: str) -> bool:
    return isinstance(_definitions()[full][1], ast.ClassDef)


def _methods(module: Module, last: str) -> Iterator[str]:
    """Methods of a name, of the classes that the module defines or imports."""
    own = {name for name, node in module.defined.items() if isinstance(node, ast.ClassDef)}
    for holder in own | {each for full in module.imported.values() for each in _followed(full)}:
        if f"{holder}.{last}" in _definitions():
            yield f"{holder}.{last}"


def _resolved(module: Module, local: str) -> Iterator[str]:
    for full in (f"{module.name}.{local}", module.imported.get(local, "")):
        yield from _followed(full)


def _followed(full: str, depth: int = 5) -> Iterator[str]:
    """A name, through modules that hand it on."""
    if full in _definitions():
        yield full
        return
    holder, _, last = full.rpartition(".")
    module = modules().get(holder)
    if module is not None and last in module.imported and depth:
        yield from _followed(module.imported[last], depth - 1)


def _of_module(module: Module, node: ast.Attribute) -> Iterator[str]:
    """``module.function``, where a module was imported."""
    if isinstance(node.value, ast.Name):
        holder = module.imported.get(node.value.id)
        if holder in modules():
            yield from _followed(f"{holder}.{node.attr}")


@cache
def reaching(targets: frozenset[str]) -> frozenset[str]:
    """Every function, class and table from which one of the targets can be reached."""
    callers: dict[str, set[str]] = {}
    for name in _definitions():
        for other in led_to(name):
            callers.setdefault(other, set()).add(name)
    found, waiting = set(targets), list(targets)
    while waiting:
        for caller in callers.get(waiting.pop(), ()):
            if caller not in found:
                found.add(caller)
                waiting.append(caller)
    return frozenset(found)


@cache
def calls(module: Module) -> tuple[tuple[str, ast.Call], ...]:
    """Every call in a module with the function, class or module in which it stands."""

    def below(node: ast.AST, path: str) -> Iterator[tuple[str, ast.Call]]:
        for each in ast.iter_child_nodes(node):
            named = isinstance(each, ast.ClassDef | _Function)
            inside = f"{path}.{each.name}" if named else path  # type: ignore[attr-defined]
            if isinstance(each, ast.Call):
                yield path, each
            yield from below(each, inside)

    return tuple(below(module.tree, module.name))
