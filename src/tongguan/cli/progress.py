"""How far a long command is, for whoever watches it; on standard error."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tongguan.cli.console import remarks


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[], None]]:
    """What says that one more of ``total`` steps is done."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=remarks()) as shown:
        task = shown.add_task(what, total=total)
        yield lambda: shown.advance(task)
