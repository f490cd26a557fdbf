"""Looking for no-shows: what is read does not grow with how far ahead people have booked."""

from datetime import date

import pytest

from tongguan.app.no_show_port import SlotOfText
from tongguan.core.booking.no_shows import SlotWaitedFor
from tongguan.core.identifiers import DirectionId, PhaseId, SchemeId, SlotId, VersionDigest

WEEKS, JOURNEYS_OF_WEEK, PLACES_OF_JOURNEY = 50, 200, 2
MONDAY = date(2021, 12, 13)
SLOT = SlotOfText(
    scheme=SchemeId("test-pilot"),
    version=VersionDigest("text"),
    phase=PhaseId("pilot"),
    waited_for=SlotWaitedFor(direction=DirectionId("out"), slot=SlotId("day"), last_day=MONDAY),
)
_JOURNEYS = """
    INSERT INTO tongguan.journey
        (id, application, scheme, cell_weeks, phase, version_digest, request_hash, booked_at)
    SELECT gen_random_uuid(), gen_random_uuid(), 'test-pilot', ARRAY[%s::date + 7 * week],
        'pilot', 'text', '', now()
    FROM generate_series(0, %s - 1) AS week, generate_series(1, %s)
"""
_PLACES = """
    INSERT INTO tongguan.place (cell_scheme, cell_week, journey, leg, person_number, person,
        direction, category, control_point, slot, day)
    SELECT scheme, cell_weeks[1], id, leg, 0, uuid_send(id), leg, 'family', 'SZB', 'day',
        cell_weeks[1] + CASE leg WHEN 'out' THEN 0 ELSE 3 END
    FROM tongguan.journey, unnest(ARRAY['out', 'home']) AS leg
"""
_ROWS_READ = """
    SELECT coalesce(sum(seq_tup_read + idx_tup_fetch), 0)
    FROM pg_stat_xact_user_tables WHERE schemaname = 'tongguan' AND relname = 'place'
"""


@pytest.mark.parametrize("statistics", ["none", "of full tables"])
def test_find__of_one_week__reads_few_of_the_places_to_come(database, statistics):
    with database.connection() as connection:
        connection.execute(_JOURNEYS, (MONDAY, WEEKS, JOURNEYS_OF_WEEK))
        connection.execute(_PLACES)
        if statistics == "of full tables":
            connection.execute("ANALYZE")
    with database.transaction() as transaction:
        found = transaction.no_shows.find(
            [SLOT], out_from=MONDAY, home_from=MONDAY, told_percent_min=0, limit=500
        )
        assert len(found) == JOURNEYS_OF_WEEK
        (read,) = transaction.connection.execute(_ROWS_READ).fetchone()
    of_week = JOURNEYS_OF_WEEK * PLACES_OF_JOURNEY
    assert of_week <= read < 5 * of_week
