-- The holder of a registration takes a new secret with the old one. Secrets are derived: how often
-- one was taken is kept, and the request that last did, never a secret.

ALTER TABLE tongguan.registration
    ADD COLUMN slip_turn integer NOT NULL DEFAULT 0 CHECK (slip_turn >= 0),
    ADD COLUMN slip_renewal uuid,
    ADD COLUMN slip_renewed_at timestamptz,
    ADD CONSTRAINT registration_slip_renewed CHECK (
        (slip_turn > 0) = (slip_renewal IS NOT NULL)
        AND (slip_renewal IS NULL) = (slip_renewed_at IS NULL));
-- For the alarm on officers whose typed registrations turn by their own word.
CREATE INDEX registration_typed ON tongguan.registration (registered_by)
    WHERE registered_by IS NOT NULL;
