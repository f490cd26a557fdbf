from pathlib import Path

import pytest
import tidy

PROJECT = """
[[tool.importlinter.contracts]]
type = "layers"
layers = ["(web) | (gate)", "(core)"]
"""
LIST = "one==1.0 \\\n    --hash=sha256:aa\ntwo==2.0 ; python_full_version < '3.12' \\\n"
LIST += "    --hash=sha256:bb \\\n    --hash=sha256:cc\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small project without a fault."""
    write(tmp_path, "pyproject.toml", PROJECT)
    write(tmp_path, "requirements/runtime.txt", LIST)
    write(tmp_path, "src/tongguan/core/gate.py", "import hashlib\nimport cbor2\n")
    write(tmp_path, "src/tongguan/texts/pages.yaml", "a: b\n")
    return tmp_path


def write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def faults(root: Path) -> list[str]:
    return [str(fault) for fault in tidy.find_faults(root)]


def function(lines: int) -> str:
    return "def long() -> None:\n" + "    pass\n" * (lines - 1)


def test_tidy__project_in_order__no_fault(root: Path) -> None:
    write(root, "src/tongguan/web/pages.py", "import os\n" + function(70) + "\n" * 328)
    assert faults(root) == []


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("src/tongguan/web/pages.py", "\n" * 400, "src/tongguan/web/pages.py:400: 400 lines"),
        ("tests/test_pages.py", "\n" * 400, "tests/test_pages.py:400: 400 lines"),
        ("src/tongguan/web/pages.py", "\n" + function(71), "pages.py:2: long has 71 lines"),
        ("src/tongguan/web/utils.py", "", "web/utils.py:1: 'utils' says nothing"),
        ("tests/helpers/pages.py", "", "tests/helpers/pages.py:1: 'helpers' says nothing"),
        ("tests/web/__init__.py", "", "tests/web/__init__.py:1: tests are no package"),
        ("src/tongguan/news/pages.py", "", "src/tongguan/news:1: no layer of the import law"),
    ],
)
def test_tidy__one_fault__is_named_with_its_line(
    root: Path, name: str, text: str, expected: str
) -> None:
    write(root, name, text)
    (found,) = faults(root)
    assert expected in found


@pytest.mark.parametrize(
    "text",
    [
        "import time\n",
        "import os.path\n",
        "from random import choice\n",
        "import django\n",
        "from psycopg import connect\n",
        "from uuid import uuid4\n",
        "def f() -> None:\n    datetime.now(tz=UTC)\n",
        "def f() -> None:\n    datetime.datetime.utcnow()\n",
        "def f() -> None:\n    ec.generate_private_key(curve)\n",
        "def f() -> None:\n    open('x')\n",
    ],
)
def test_tidy__impure_core__is_a_fault(root: Path, text: str) -> None:
    write(root, "src/tongguan/core/clock.py", text)
    (found,) = faults(root)
    assert found.startswith(f"src/tongguan/core/clock.py:{text.count(chr(10))}: core ")


def test_tidy__moment_given_as_argument__is_no_fault(root: Path) -> None:
    write(
        root, "src/tongguan/core/clock.py", "def f(facts: F) -> bool:\n    return facts.now > 0\n"
    )
    assert faults(root) == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("--index-url somewhere\n", "names an address or index"),
        ("# compiled from https://index.example/simple\n", "names an address or index"),
        ("three==3.0\n", "is not pinned with a hash"),
        ("three>=3.0 \\\n    --hash=sha256:dd\n", "is not pinned with a hash"),
    ],
)
def test_tidy__lock_list__pins_hashes_and_names_no_index(
    root: Path, line: str, expected: str
) -> None:
    write(root, "requirements/runtime.txt", LIST + line)
    assert any(expected in fault for fault in faults(root))


def test_tidy__this_project__every_list_is_read() -> None:
    names = {path.name for path in (tidy.ROOT / "requirements").glob("*.txt")}
    assert names == {"build.txt", "development.txt", "runtime.txt"}
