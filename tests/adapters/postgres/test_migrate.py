"""Migrations: in order, once, whole, and never rewritten behind a database's back."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import psycopg
import pytest

from tongguan.adapters.postgres.migrate import (
    Migration,
    MigrationError,
    bundled_migrations,
    migrate,
)

FIRST = Migration(number=1, name="first", sql="CREATE TABLE tongguan.one (a int);")
SECOND = Migration(number=2, name="second", sql="CREATE TABLE tongguan.two (a int); SELECT '50%';")


@pytest.fixture
def empty_url(cluster):
    cluster.drop_database("empty")
    cluster.ensure_database("empty")
    yield cluster.url("empty")
    cluster.drop_database("empty")


def applied(url):
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT number, name FROM tongguan.migration ORDER BY number")
        return rows.fetchall()


def tables(url):
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'tongguan'::regnamespace"
            " AND relkind = 'r'"
        )
        return {name for (name,) in rows} - {"migration"}


def test_bundled__are_numbered_without_a_gap():
    numbers = [migration.number for migration in bundled_migrations()]
    assert numbers == list(range(1, len(numbers) + 1))


def test_migrate__applies_what_is_missing__and_no_more(empty_url):
    migrate(empty_url, [FIRST])
    migrate(empty_url, [FIRST, SECOND])
    migrate(empty_url, [FIRST, SECOND])
    assert applied(empty_url) == [(1, "first"), (2, "second")]
    assert tables(empty_url) == {"one", "two"}


def test_migrate__keeps_nothing__of_a_file_that_fails(empty_url):
    broken = replace(SECOND, sql="CREATE TABLE tongguan.half (a int); SELECT 1 / 0;")
    with pytest.raises(psycopg.errors.DivisionByZero):
        migrate(empty_url, [FIRST, broken])
    assert applied(empty_url) == [(1, "first")]
    assert tables(empty_url) == {"one"}
    migrate(empty_url, [FIRST, SECOND])
    assert tables(empty_url) == {"one", "two"}


def test_migrate__refuses__a_changed_file(empty_url):
    migrate(empty_url, [FIRST])
    changed = replace(FIRST, sql=FIRST.sql + " -- a word more")
    with pytest.raises(MigrationError, match="0001_first has changed"):
        migrate(empty_url, [changed, SECOND])
    assert tables(empty_url) == {"one"}


def test_migrate__refuses__a_database_that_is_ahead(empty_url):
    migrate(empty_url, [FIRST, SECOND])
    with pytest.raises(MigrationError, match="0002"):
        migrate(empty_url, [FIRST])


@pytest.mark.parametrize("numbers", [(2,), (1, 3), (1, 1)], ids=["late", "gap", "double"])
def test_migrate__refuses__numbers_that_do_not_follow(empty_url, numbers):
    with pytest.raises(MigrationError, match="missing"):
        migrate(empty_url, [replace(FIRST, number=number) for number in numbers])
    with psycopg.connect(empty_url) as connection:
        assert connection.execute("SELECT to_regclass('tongguan.one')").fetchone() == (None,)


def test_migrate__by_several_at_once__applies_once(empty_url):
    with ThreadPoolExecutor(6) as pool:
        for done in [pool.submit(migrate, empty_url) for _ in range(6)]:
            done.result()
    assert len(applied(empty_url)) == len(bundled_migrations())
