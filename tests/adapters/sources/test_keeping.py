"""What is kept stays, and says where it came from."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.builders.sources import GIVEN, PAGE_HANT, POST
from tongguan.adapters.sources.keeping import Shelf
from tongguan.adapters.sources.reading import Reading, read_source
from tongguan.adapters.sources.refusals import SourceRefusal, SourceRefusedError
from tongguan.core.identifiers import SourceId

NAME = SourceId("ferry")


def test_source__is_kept__with_text_and_digest(tmp_path: Path) -> None:
    shelf = Shelf(data=tmp_path)
    kept, is_new = shelf.keep(read_source(POST.encode(), GIVEN), NAME)
    assert is_new
    assert shelf.find("ferry") == kept
    assert shelf.ids() == ("ferry",)
    digest = hashlib.sha256(POST.encode()).hexdigest()
    assert f'sha256: "{digest}"' in (tmp_path / "sources/ferry.yaml").read_text()
    assert (tmp_path / "sources/ferry.html").read_text() == kept.reading.fragment
    assert (tmp_path / "sources/ferry.txt").read_text() == kept.reading.plain
    assert len(list((tmp_path / "sources").iterdir())) == 3


def test_source__kept_twice__changes_nothing(tmp_path: Path) -> None:
    shelf, reading = Shelf(data=tmp_path), read_source(POST.encode(), GIVEN)
    shelf.keep(reading, NAME)
    before = [(each.name, each.stat().st_mtime_ns) for each in shelf.folder.iterdir()]
    assert shelf.keep(reading, NAME)[1] is False
    assert [(each.name, each.stat().st_mtime_ns) for each in shelf.folder.iterdir()] == before


@pytest.mark.parametrize("content", [PAGE_HANT, POST + "\n"], ids=["another", "one-byte-more"])
def test_name__of_another_file__is_refused_and_nothing_changes(
    tmp_path: Path, content: str
) -> None:
    shelf = Shelf(data=tmp_path)
    kept, _ = shelf.keep(read_source(POST.encode(), GIVEN), NAME)
    with pytest.raises(SourceRefusedError) as refused:
        shelf.keep(read_source(content.encode(), GIVEN), NAME)
    assert refused.value.code is SourceRefusal.ID_KEPT_OTHERWISE
    assert shelf.find("ferry") == kept


def test_name__of_another_record_of_the_file__is_refused(tmp_path: Path) -> None:
    shelf = Shelf(data=tmp_path)
    shelf.keep(read_source(POST.encode(), GIVEN), NAME)
    other = read_source(POST.encode(), replace(GIVEN, language="zh-Hant"))
    with pytest.raises(SourceRefusedError):
        shelf.keep(other, NAME)


def test_shelf__finds__nothing_where_nothing_is(tmp_path: Path) -> None:
    assert Shelf(data=tmp_path / "none").ids() == ()
    (tmp_path / "secret.yaml").write_text("a: 1")
    shelf = Shelf(data=tmp_path)
    shelf.folder.mkdir()
    assert shelf.find("../secret") is None


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("yaml", "a: ["),
        ("yaml", ""),
        ("yaml", "source: {}\nreading: {}\n"),
        ("yaml", None),
        ("html", None),
        ("txt", b"\xff"),
    ],
)
def test_files__that_are_damaged__are_named(
    tmp_path: Path, kind: str, content: str | bytes | None
) -> None:
    shelf = Shelf(data=tmp_path)
    shelf.keep(read_source(POST.encode(), GIVEN), NAME)
    file = shelf.folder / f"ferry.{kind}"
    if content is None and kind == "yaml":
        file.write_text(file.read_text().replace('id: "ferry"', 'id: "other"'))
    elif content is None:
        file.unlink()
    else:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(SourceRefusedError) as refused:
        shelf.find("ferry")
    assert refused.value.code is SourceRefusal.RECORD_DAMAGED


@pytest.mark.parametrize("step", [1, 2, 3])
def test_source__cut_midway__is_not_kept_and_can_be_kept_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    shelf, reading = Shelf(data=tmp_path), read_source(POST.encode(), GIVEN)
    real, done = Path.replace, []

    def cut(self: Path, target: Path) -> Path:
        done.append(target)
        if len(done) == step:
            raise KeyboardInterrupt
        return real(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", cut)
        with pytest.raises(KeyboardInterrupt):
            shelf.keep(reading, NAME)
    assert shelf.ids() == ()
    assert shelf.find("ferry") is None

    other, is_new = shelf.keep(read_source(PAGE_HANT.encode(), GIVEN), NAME)
    assert is_new
    assert shelf.find("ferry") == other


def test_two_files__kept_at_once_under_one_name__leave_one_whole(tmp_path: Path) -> None:
    readings = [read_source(each.encode(), GIVEN) for each in (POST, PAGE_HANT) * 8]
    codes: set[SourceRefusal] = set()

    def keep(reading: Reading) -> bool:
        try:
            return Shelf(data=tmp_path).keep(reading, NAME)[1]
        except SourceRefusedError as refused:
            codes.add(refused.code)
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(keep, readings)) == 1
    assert codes == {SourceRefusal.ID_KEPT_OTHERWISE}
    assert Shelf(data=tmp_path).find("ferry") is not None
