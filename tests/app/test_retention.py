"""After the last day the scheme allows, nothing of a person is left in any table."""

from datetime import timedelta
from uuid import uuid4

from tests.builders.authorities import Pair, person
from tests.builders.travel import BACK, DAY, at, booked, code, gate, pass_of, presented
from tongguan.adapters.postgres.personal import TABLES, Kind
from tongguan.app.gates import CrossingRequest, cross
from tongguan.app.notices import add_notice
from tongguan.app.retention import delete_expired
from tongguan.core.identifiers import SchemeId, SponsorId
from tongguan.core.notices import NoticeCode
from tongguan.core.scheme.model import Leg


def rows_with_people(pair: Pair) -> dict[str, int]:
    """Rows by table in which something of a person stands, on both sides."""
    found: dict[str, int] = {}
    for authority in (pair.hk, pair.gd):
        with authority.database.transaction() as transaction:
            for table, declared in TABLES.items():
                if {Kind.KEYED, Kind.SEALED} & set(declared.columns.values()):
                    where = (
                        " WHERE dimensions::text LIKE '%person=%'"
                        if table == "quota_window"
                        else ""
                    )
                    row = transaction.connection.execute(  # type: ignore[attr-defined]
                        f"SELECT count(*) FROM tongguan.{table}{where}"  # noqa: S608
                    ).fetchone()
                    found[table] = found.get(table, 0) + row[0]
    return found


def test_person__delete__nothing_is_left_after_the_last_day(active: Pair) -> None:
    who = person()
    _, application, passes = booked(active, who)
    active.set_time(at(DAY, 10, 30))
    request = presented(active, who, pass_of(passes, Leg.OUT))
    active.sync()
    cross(active.gd, gate(active.gd), CrossingRequest(id=str(uuid4()), request=request))
    code(active.hk, who)
    with active.hk.database.transaction() as transaction:
        add_notice(transaction, application, NoticeCode.PLACE_HONOURED, facts={"days": "14"})
        transaction.sponsors.add(
            SchemeId("hk-gd-2021"),
            SponsorId("a-chamber"),
            [active.hk.index.person(who.document)],
            at=transaction.now,
            delete_after=BACK + timedelta(days=31),
        )
    assert all(rows_with_people(active).values()), rows_with_people(active)

    active.set_time(at(BACK + timedelta(days=31), 12))
    delete_expired(active.hk)
    assert rows_with_people(active)["application"] == 1, "kept on its last day"

    active.set_time(at(BACK + timedelta(days=32), 12))
    for authority in (active.hk, active.gd):
        delete_expired(authority)
    assert not any(rows_with_people(active).values()), rows_with_people(active)
