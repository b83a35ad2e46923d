"""SQL of the audit room: the two hidden columns, the refusing trigger, the sealing function."""

from carespace.audit.seal import DIGEST

HIDDEN_COLUMNS = """
ALTER TABLE audit_auditevent
    ADD COLUMN sequence bigint GENERATED ALWAYS AS IDENTITY,
    ADD COLUMN transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX audit_in_order ON audit_auditevent (transaction_id, sequence);
"""

REFUSE_CHANGES = """
CREATE OR REPLACE FUNCTION carespace.refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit events are never changed or removed';
END $$;
DROP TRIGGER IF EXISTS audit_event_stays ON audit_auditevent;
CREATE TRIGGER audit_event_stays BEFORE UPDATE OR DELETE ON audit_auditevent
    FOR EACH ROW EXECUTE FUNCTION carespace.refuse_audit_change();
DROP TRIGGER IF EXISTS audit_events_stay ON audit_auditevent;
CREATE TRIGGER audit_events_stay BEFORE TRUNCATE ON audit_auditevent
    FOR EACH STATEMENT EXECUTE FUNCTION carespace.refuse_audit_change();
DROP TRIGGER IF EXISTS audit_seal_stays ON audit_auditseal;
CREATE TRIGGER audit_seal_stays BEFORE UPDATE OR DELETE ON audit_auditseal
    FOR EACH ROW EXECUTE FUNCTION carespace.refuse_audit_change();
"""

# The worker may chain and learn the chain's head, and read no event.
# xid8 grows for the life of a cluster; an event whose transaction lies below every running one
# has either committed or vanished. One advisory lock keeps two sealers apart.
SEAL = f"""
CREATE OR REPLACE FUNCTION carespace.seal_audit(at_most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    horizon xid8 := pg_snapshot_xmin(pg_current_snapshot());
    last_position bigint;
    last_chain bytea;
    last_event uuid;
    item record;
    done integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('carespace.seal_audit'));
    SELECT position, chain, event_id INTO last_position, last_chain, last_event FROM audit_auditseal ORDER BY position DESC LIMIT 1;
    last_position := coalesce(last_position, 0);
    last_chain := coalesce(last_chain, decode(repeat('00', 32), 'hex'));
    FOR item IN
        SELECT e.id, {DIGEST} AS digest
        FROM audit_auditevent e
        WHERE e.transaction_id < horizon
          AND (last_event IS NULL OR (e.transaction_id, e.sequence) >
               (SELECT l.transaction_id, l.sequence FROM audit_auditevent l WHERE l.id = last_event))
        ORDER BY e.transaction_id, e.sequence LIMIT at_most
    LOOP
        last_position := last_position + 1;
        last_chain := sha256(last_chain || item.digest);
        INSERT INTO audit_auditseal (position, event_id, chain, sealed_at)
            VALUES (last_position, item.id, last_chain, clock_timestamp());
        done := done + 1;
    END LOOP;
    RETURN done;
END $$;
CREATE OR REPLACE FUNCTION carespace.audit_head() RETURNS TABLE (sealed bigint, chain_value bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$ SELECT position, chain FROM audit_auditseal ORDER BY position DESC LIMIT 1 $$;
"""  # noqa: S608  constants only
