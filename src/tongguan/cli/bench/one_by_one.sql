-- One booking the classic way, for pgbench: every window's row is counted up under its limit and so
-- locked until the commit, then the rows are written. A window without room returns no row, which
-- ends the run.
\set n :n + 1
\set id :client_id * 1000000000 + :n
BEGIN;
$counted
INSERT INTO tongguan.live_journey (person, scheme, number, journey, live_until)
VALUES (decode(md5(:id), 'hex'), '$scheme', 1, md5(:id)::uuid, '$live_until');
INSERT INTO tongguan.journey
    (id, application, scheme, cell_weeks, phase, version_digest, request_hash, booked_at,
    windows, window_persons)
VALUES (md5(:id)::uuid, md5('application' || :id)::uuid, '$scheme', ARRAY['$week'::date], '$phase',
    '$version', sha256(decode(md5(:id), 'hex')), '$now', '$windows', '$window_persons');
INSERT INTO tongguan.place (cell_scheme, cell_week, journey, leg, person_number, person,
    direction, category, control_point, slot, day)
VALUES ('$scheme', '$week', md5(:id)::uuid, 'out', 0, decode(md5(:id), 'hex'),
    '$direction', '$category', '$control_point', '$slot', '$day');
INSERT INTO tongguan.audit_entry (at, actor, action, subject, outcome, codes)
VALUES ('$now', 'benchmark', 'book', md5(:id)::uuid::text, 'taken', '{}');
COMMIT;
