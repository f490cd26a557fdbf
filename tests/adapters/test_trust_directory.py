"""The directory of trusted issuers: what is there is read, what is rubbish is passed over."""

from pathlib import Path

import pytest

from tongguan.adapters import trust_directory
from tongguan.adapters.trust_directory import TrustDirectoryError, read_trust_directory


def test_trust_directory__of_rubbish__trusts_nobody(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    for name in ("a.pem", "b.json", "below/c.jwks.json", "d"):
        (tmp_path / name).write_bytes(b"\xff{[-----BEGIN CERTIFICATE-----x")
    found = read_trust_directory(tmp_path)
    assert found.trust.certificates == ()


def test_trust_directory__that_is_none__is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TrustDirectoryError, match="not a directory"):
        read_trust_directory(tmp_path / "nowhere")


def test_trust_directory__of_too_much__is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "large.pem").write_bytes(b"x" * 11)
    monkeypatch.setattr(trust_directory, "FILE_BYTES_MAX", 10)
    with pytest.raises(TrustDirectoryError, match=r"large\.pem"):
        read_trust_directory(tmp_path)
    monkeypatch.setattr(trust_directory, "FILE_BYTES_MAX", 11)
    monkeypatch.setattr(trust_directory, "FILES_MAX", 0)
    with pytest.raises(TrustDirectoryError, match="more than 0 files"):
        read_trust_directory(tmp_path)
