"""What a run notes of the processes it started."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tongguan.cli.children import Child, end_left_behind, remember_children


def test_children__noted__are_for_the_owner_alone(tmp_path: Path) -> None:
    noted = tmp_path / "run-children.json"
    child = Child(name="HK", arguments=(), url="http://127.0.0.1:1")
    child.process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    umask = os.umask(0)
    try:
        remember_children(noted, [child])
        remember_children(noted, [child])
    finally:
        os.umask(umask)
        child.process.communicate(b"\n")
    assert noted.stat().st_mode & 0o777 == 0o600
    assert json.loads(noted.read_text(encoding="ascii"))[0]["pid"] == child.process.pid
    assert list(tmp_path.iterdir()) == [noted]
    assert end_left_behind(noted) == 0
