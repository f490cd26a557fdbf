"""Count what must stay small and look for what must stay out; run by `make check`.

Each fault is one line, `path:line: what is wrong`; any fault makes the exit code 1.
"""

import argparse
import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = Path("src/tongguan")
CODE_FOLDERS = ("src", "tests", "tools")
FILE_LINES_MAX = 399
FUNCTION_LINES_MAX = 70
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "managers", "manager", "misc"}

CORE_PACKAGES = {"cbor2", "cryptography", "rfc8785", "tongguan"}
# What of the standard library reaches a clock, a file, the network, chance or a log.
CORE_BANNED_MODULES = {
    *("asyncio", "ftplib", "getpass", "glob", "http", "io", "logging", "multiprocessing", "os"),
    *("pathlib", "random", "secrets", "select", "shutil", "signal", "smtplib", "socket"),
    *("sqlite3", "ssl", "subprocess", "tempfile", "threading", "time", "urllib"),
}
CORE_BANNED_CALLS = {"open", "print", "input", "exec", "eval", "breakpoint"}
CORE_BANNED_METHODS = {
    *("now", "utcnow", "today", "urandom", "uuid1", "uuid4"),
    *("generate_key", "generate_private_key", "default_rng"),
}
INDEX_ADDRESS = re.compile(r"://|^\s*-{1,2}(index|extra-index|find-links|trusted-host|i\b|f\b)")
PINNED = re.compile(r"^[a-z0-9][a-z0-9.-]*==[^ ]+( ;.*)? \\$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """One thing that is not tidy."""

    path: Path
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


def find_faults(root: Path) -> list[Fault]:
    """Every fault under the project's folder, in order of path and line."""
    faults = [*_folder_faults(root), *_list_faults(root)]
    for folder in CODE_FOLDERS:
        for path in (root / folder).rglob("*.py"):
            relative = path.relative_to(root)
            faults += _file_faults(relative, path.read_text(encoding="utf-8"))
    return sorted(faults, key=lambda fault: (str(fault.path), fault.line, fault.text))


def _file_faults(path: Path, text: str) -> Iterator[Fault]:
    lines = text.count("\n")
    if lines > FILE_LINES_MAX:
        yield Fault(path=path, line=lines, text=f"{lines} lines; at most {FILE_LINES_MAX}")
    for part in (*path.parent.parts, path.stem):
        if part in VAGUE_NAMES:
            yield Fault(path=path, line=1, text=f"{part!r} says nothing: name what is in it")
    if path.parts[0] == "tests" and path.name == "__init__.py":
        yield Fault(path=path, line=1, text="tests are no package")
    tree = ast.parse(text, filename=str(path))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES_MAX:
                text = f"{node.name} has {length} lines; at most {FUNCTION_LINES_MAX}"
                yield Fault(path=path, line=node.lineno, text=text)
    if path.is_relative_to(PACKAGE / "core"):
        yield from _impurities(path, tree)


def _impurities(path: Path, tree: ast.Module) -> Iterator[Fault]:
    """What makes a result depend on more than the arguments."""
    for node in ast.walk(tree):
        texts: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names if _is_foreign(alias.name)]
            texts = [f"core never imports {name}" for name in names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            texts = [f"core never imports {node.module}"] if _is_foreign(node.module) else []
            banned = sorted({alias.name for alias in node.names} & CORE_BANNED_METHODS)
            texts += [f"core takes what {name}() gives as an argument" for name in banned]
        elif isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Attribute) and called.attr in CORE_BANNED_METHODS:
                texts = [f"core takes what {called.attr}() gives as an argument"]
            elif isinstance(called, ast.Name) and called.id in CORE_BANNED_CALLS:
                texts = [f"core never calls {called.id}"]
        if isinstance(node, ast.stmt | ast.expr):
            for text in texts:
                yield Fault(path=path, line=node.lineno, text=text)


def _is_foreign(module: str) -> bool:
    top = module.partition(".")[0]
    return top in CORE_BANNED_MODULES or top not in CORE_PACKAGES | sys.stdlib_module_names


def _folder_faults(root: Path) -> Iterator[Fault]:
    """Every package under ours has its place among the layers of the import law."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    layers = {
        name.strip(" ()")
        for contract in project["tool"]["importlinter"]["contracts"]
        if contract["type"] == "layers"
        for layer in contract["layers"]
        for name in re.split(r"[|:]", layer)
    }
    for folder in sorted((root / PACKAGE).iterdir()):
        has_code = folder.is_dir() and any(folder.rglob("*.py"))
        if has_code and folder.name not in layers:
            text = "no layer of the import law in pyproject.toml names this folder"
            yield Fault(path=folder.relative_to(root), line=1, text=text)


def _list_faults(root: Path) -> Iterator[Fault]:
    """Lock lists pin and hash everything, and leave the choice of the index to the machine."""
    for path in sorted((root / "requirements").glob("*")):
        relative = path.relative_to(root)
        lines = path.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, start=1):
            if INDEX_ADDRESS.search(line):
                yield Fault(path=relative, line=number, text="names an address or index")
            if path.suffix != ".txt" or line.startswith(("    --hash=sha256:", "#")):
                continue
            following = lines[number] if number < len(lines) else ""
            if not PINNED.match(line) or "--hash=sha256:" not in following:
                yield Fault(path=relative, line=number, text="is not pinned with a hash")


def main() -> None:
    """Print the faults; exit code 1 when there are any."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", nargs="?", type=Path, default=ROOT)
    faults = find_faults(parser.parse_args().root)
    for fault in faults:
        print(fault)
    print(f"tidy: {len(faults)} faults")
    raise SystemExit(1 if faults else 0)


if __name__ == "__main__":
    main()
