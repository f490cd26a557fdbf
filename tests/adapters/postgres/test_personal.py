"""Every column of every domain table is declared, sealed or keyed where personal, and deleted."""

import psycopg
import pytest

from tongguan.adapters.postgres.personal import TABLES, Kind, Retention
from tongguan.adapters.postgres.stores.retention import TABLES as DATED_TABLES


@pytest.fixture
def columns(database_url: str) -> dict[str, set[str]]:
    with psycopg.connect(database_url) as connection:
        rows = connection.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " JOIN information_schema.tables USING (table_schema, table_name)"
            " WHERE table_schema = 'tongguan' AND table_type = 'BASE TABLE'"
        ).fetchall()
    found: dict[str, set[str]] = {}
    for table, column in rows:
        found.setdefault(table, set()).add(column)
    return found


def test_column__declare__every_one_in_the_database(columns: dict[str, set[str]]) -> None:
    declared = {name: set(table.columns) for name, table in TABLES.items()}
    assert columns == declared


def test_column__name__says_sealed_exactly_when_it_is() -> None:
    for name, table in TABLES.items():
        for column, kind in table.columns.items():
            assert column.endswith("_sealed") is (kind is Kind.SEALED), f"{name}.{column}"


def test_column__personal__never_kept_for_ever() -> None:
    for name, table in TABLES.items():
        personal = {Kind.KEYED, Kind.SEALED} & set(table.columns.values())
        assert not personal or table.retention is not Retention.KEPT, name


def test_table__dated__is_deleted_by_the_store(columns: dict[str, set[str]]) -> None:
    dated = {name for name, table in TABLES.items() if table.retention is Retention.DATED}
    assert dated == {*DATED_TABLES, "application"}  # which goes in steps of its own
    assert dated == {name for name, found in columns.items() if "delete_after" in found}
