-- What the corridor's side knows about the actor. Owned by openilp_corridor_owner; its key is not that of the rest.

CREATE TABLE IF NOT EXISTS corridor.claims_key (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    inner_pad bytea NOT NULL,
    outer_pad bytea NOT NULL
);

CREATE OR REPLACE FUNCTION corridor.claims() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    raw text := current_setting('corridor.claims', true);
    body text;
    keys record;
    claims jsonb;
BEGIN
    IF raw IS NULL OR raw = '' THEN
        RETURN NULL;
    END IF;
    body := left(raw, -65);
    SELECT inner_pad, outer_pad INTO keys FROM corridor.claims_key;
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

CREATE OR REPLACE FUNCTION corridor.me() RETURNS uuid
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT (corridor.claims() ->> 'user')::uuid $$;

CREATE OR REPLACE FUNCTION corridor.my_roles() RETURNS text[]
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT ARRAY(SELECT jsonb_array_elements_text(corridor.claims() -> 'roles')) $$;
