"""Check the import law of `pyproject.toml`; run by `make check`.

A contract for a folder that nobody has written yet waits until the folder is there.
"""

import tomllib
from pathlib import Path
from typing import Any

from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parent.parent


def contracts_in_force(root: Path) -> tuple[str, ...]:
    """The ids of the contracts whose source modules exist."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    contracts: list[dict[str, Any]] = project["tool"]["importlinter"]["contracts"]
    return tuple(
        contract["id"]
        for contract in contracts
        if all(
            (root / "src" / module.replace(".", "/")).exists()
            for module in contract.get("source_modules", ())
        )
    )


def main() -> None:
    """Print the contracts and whether each is kept."""
    config = str(ROOT / "pyproject.toml")
    raise SystemExit(
        lint_imports(
            config_filename=config, limit_to_contracts=contracts_in_force(ROOT), no_logo=True
        )
    )


if __name__ == "__main__":
    main()
