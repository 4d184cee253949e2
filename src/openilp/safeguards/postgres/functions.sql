-- What the database knows about the actor. Recreated by every reconcile; owned by openilp_owner.

CREATE TABLE IF NOT EXISTS safeguards_claims_key (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    inner_pad bytea NOT NULL,
    outer_pad bytea NOT NULL
);

CREATE TABLE IF NOT EXISTS safeguards_audit_outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    event jsonb NOT NULL
);
-- What only the oversight body may read: sealed to its key before it comes here.
ALTER TABLE safeguards_audit_outbox ADD COLUMN IF NOT EXISTS detail bytea;
CREATE INDEX IF NOT EXISTS safeguards_audit_outbox_order ON safeguards_audit_outbox (xid, id);

-- HMAC-SHA-256 by hand (there is no pgcrypto): sha256(outer || sha256(inner || body)).
CREATE OR REPLACE FUNCTION openilp_claims() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    raw text := current_setting('app.claims', true);
    body text;
    keys record;
    claims jsonb;
BEGIN
    IF raw IS NULL OR raw = '' THEN
        RETURN NULL;
    END IF;
    body := left(raw, -65);
    SELECT inner_pad, outer_pad INTO keys FROM public.safeguards_claims_key;
    IF NOT FOUND OR right(raw, 65) IS DISTINCT FROM
        '.' || encode(sha256(keys.outer_pad || sha256(keys.inner_pad || convert_to(body, 'UTF8'))), 'hex') THEN
        RAISE insufficient_privilege USING MESSAGE = 'claims are not signed by this installation';
    END IF;
    claims := body::jsonb;
    IF (claims ->> 'exp')::numeric < extract(epoch FROM clock_timestamp()) THEN
        RAISE insufficient_privilege USING MESSAGE = 'claims have expired';
    END IF;
    RETURN claims;
END $$;

CREATE OR REPLACE FUNCTION openilp_claim_level() RETURNS integer
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT (openilp_claims() ->> 'level')::integer $$;

CREATE OR REPLACE FUNCTION openilp_claim_user() RETURNS uuid
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT (openilp_claims() ->> 'user')::uuid $$;

CREATE OR REPLACE FUNCTION openilp_claim_compartments() RETURNS uuid[]
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT ARRAY(SELECT jsonb_array_elements_text(openilp_claims() -> 'comps')::uuid) $$;

CREATE OR REPLACE FUNCTION openilp_claim_states() RETURNS text[]
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT ARRAY(SELECT jsonb_array_elements_text(openilp_claims() -> 'states')) $$;

CREATE OR REPLACE FUNCTION openilp_claim_roles() RETURNS text[]
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT ARRAY(SELECT jsonb_array_elements_text(openilp_claims() -> 'roles')) $$;

CREATE OR REPLACE FUNCTION openilp_claim_partner() RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT openilp_claims() ->> 'partner' $$;
