from pathlib import Path

import import_law

PROJECT = """
[[tool.importlinter.contracts]]
id = "layers"
[[tool.importlinter.contracts]]
id = "core"
source_modules = ["tongguan.core"]
[[tool.importlinter.contracts]]
id = "gate"
source_modules = ["tongguan.gate"]
"""


def test_contracts_in_force__folder_missing__its_contract_waits(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    (tmp_path / "src/tongguan/core").mkdir(parents=True)
    assert import_law.contracts_in_force(tmp_path) == ("layers", "core")
    (tmp_path / "src/tongguan/gate").mkdir()
    assert import_law.contracts_in_force(tmp_path) == ("layers", "core", "gate")


def test_contracts__of_this_project__name_every_layer() -> None:
    in_force = import_law.contracts_in_force(import_law.ROOT)
    assert {"layers", "core", "app"} <= set(in_force)
