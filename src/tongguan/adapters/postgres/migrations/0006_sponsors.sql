-- Who answers for whom, and what an application says beside: its sponsor, where its people were on
-- the days before (sealed), and when the clock of its case runs out.

CREATE TABLE tongguan.sponsored_person (
    scheme text COLLATE "C" NOT NULL,
    sponsor text COLLATE "C" NOT NULL,
    person_index bytea NOT NULL,
    named_at timestamptz NOT NULL,
    delete_after date NOT NULL,
    PRIMARY KEY (scheme, sponsor, person_index)
);
CREATE INDEX sponsored_person_index ON tongguan.sponsored_person (person_index);

ALTER TABLE tongguan.application
    ADD COLUMN sponsor text,
    ADD COLUMN stays_sealed bytea,
    ADD COLUMN decide_by timestamptz;
