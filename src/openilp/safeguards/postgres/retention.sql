-- The one narrow door: clocks, restriction and erasure. Owned by openilp_eraser, the only role that may delete a
-- protected row; the application may call these functions and nothing else. What they know of the tables comes from
-- openilp_retention_tables(), which is written from the models.

CREATE OR REPLACE FUNCTION openilp_retention_may(wanted text[]) RETURNS boolean
LANGUAGE sql STABLE SECURITY INVOKER SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT session_user = 'openilp_owner' OR coalesce(openilp_claim_roles() && wanted, false) $$;

DROP FUNCTION IF EXISTS openilp_clock_wind(text, uuid[], text, integer, date);
DROP FUNCTION IF EXISTS openilp_clock_wind_missing(integer);
DROP FUNCTION IF EXISTS openilp_clock_pull(text, uuid, date, integer, text, text);
DROP FUNCTION IF EXISTS openilp_clock_release(text, uuid[], text, integer);

-- What a rule says of the days of restriction and the hard stop: no caller says it.
CREATE OR REPLACE FUNCTION openilp_retention_rule(code text) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY INVOKER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE found jsonb := openilp_retention_tables() #> ARRAY['rules', code];
BEGIN
    IF found IS NULL THEN
        RAISE EXCEPTION 'there is no retention rule %', code;
    END IF;
    RETURN found;
END $$;

-- Wind the clocks of rows that the caller has just recorded.
CREATE OR REPLACE FUNCTION openilp_clock_wind(of_kind text, ids uuid[], by_rule text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    reg jsonb := openilp_retention_tables();
    bounds jsonb := openilp_retention_rule(by_rule);
    -- A row that supersedes another one inherits its clock: correcting an identity renews nothing.
    old text := CASE WHEN reg -> 'superseding' ? of_kind THEN 'r.supersedes_id' ELSE 'NULL::uuid' END;
BEGIN
    IF reg #> ARRAY['kept', of_kind] IS NULL THEN
        RAISE EXCEPTION 'rows of kind % have no clock', of_kind;
    END IF;
    EXECUTE format(
        'INSERT INTO safeguards_retentionclock'
        ' (id, kind, record_id, rule, started_on, due_on, erase_on, ends_on, cause, created_at)'
        ' SELECT gen_random_uuid(), %1$L, r.id, CASE WHEN r.state = ''quarantined'' THEN ''QUAR'''
        ' WHEN o.rule IN (''MINOR'', ''ACQ'') THEN o.rule ELSE $2 END,'
        ' coalesce(o.started_on, r.recorded_on), least(r.review_on, o.due_on, stop.day),'
        ' least(r.review_on, o.due_on, stop.day) + 1 + CASE r.state WHEN ''quarantined'' THEN 0 ELSE $3 END,'
        ' coalesce(o.ends_on, stop.day), ''recorded'', now() FROM public.%2$I r'
        ' CROSS JOIN LATERAL (SELECT (r.recorded_on + $4)::date AS day) stop'
        ' LEFT JOIN safeguards_retentionclock o ON o.kind = %1$L AND o.record_id = %3$s'
        ' WHERE r.id = ANY($1) AND r.created_by_id = openilp_claim_user() ON CONFLICT (kind, record_id) DO NOTHING',
        of_kind, reg #>> ARRAY['tables', of_kind], old)
        USING ids, by_rule, (bounds ->> 'grace')::integer, (bounds ->> 'stop')::interval;
END $$;

-- Wind the clocks of rows that have none: those of before this version, and of a restored database.
CREATE OR REPLACE FUNCTION openilp_clock_wind_missing() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    reg jsonb := openilp_retention_tables();
    each record;
    added integer;
    total integer := 0;
BEGIN
    IF NOT openilp_retention_may('{data_protection_officer,head_of_intelligence}') THEN
        RAISE insufficient_privilege USING MESSAGE = 'missing clocks are for the data-protection officer';
    END IF;
    FOR each IN SELECT key, value #>> '{}' AS by_rule FROM jsonb_each(reg -> 'kept') LOOP
        EXECUTE format(
            'INSERT INTO safeguards_retentionclock'
            ' (id, kind, record_id, rule, started_on, due_on, erase_on, cause, created_at)'
            ' SELECT gen_random_uuid(), %1$L, r.id, CASE r.state WHEN ''quarantined'' THEN ''QUAR'' ELSE $1 END,'
            ' r.recorded_on, r.review_on, r.review_on + 1 + CASE r.state WHEN ''quarantined'' THEN 0 ELSE $2 END,'
            ' ''recorded'', now() FROM public.%2$I r WHERE NOT EXISTS (SELECT 1 FROM safeguards_retentionclock c'
            ' WHERE c.kind = %1$L AND c.record_id = r.id) ON CONFLICT (kind, record_id) DO NOTHING',
            each.key, reg #>> ARRAY['tables', each.key])
            USING each.by_rule, (openilp_retention_rule(each.by_rule) ->> 'grace')::integer;
        GET DIAGNOSTICS added = ROW_COUNT;
        total := total + added;
    END LOOP;
    RETURN total;
END $$;

-- Bring clocks forward, never back: of one record, or of everything with a clock that points at something.
-- It returns nothing: whoever pulls does not learn what hidden records there are. Nobody pulls into the past, and what
-- is pulled stays restricted for a while before it is erased, whatever the rule: somebody can still object.
CREATE OR REPLACE FUNCTION openilp_clock_pull(of_kind text, of_id uuid, due date, why text, by_rule text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    reg jsonb := openilp_retention_tables();
    grace integer := (reg ->> 'grace')::integer;
    key jsonb;
BEGIN
    IF openilp_claim_user() IS NULL AND session_user <> 'openilp_owner' THEN
        RAISE insufficient_privilege USING MESSAGE = 'nobody acts';
    END IF;
    due := greatest(due, current_date);
    UPDATE safeguards_retentionclock c SET due_on = due, erase_on = least(c.erase_on, due + 1 + grace),
        cause = why, rule = coalesce(nullif(by_rule, ''), c.rule)
        WHERE c.kind = of_kind AND c.record_id = of_id AND c.due_on > due;
    FOR key IN SELECT * FROM jsonb_array_elements(reg -> 'keys') k
        WHERE k ->> 'parent' = of_kind AND reg -> 'kept' ? (k ->> 'child')
    LOOP
        EXECUTE format(
            'UPDATE safeguards_retentionclock c SET due_on = $2, erase_on = least(c.erase_on, $2 + 1 + $3), cause = $4,'
            ' rule = coalesce(nullif($5, ''''), c.rule) FROM public.%I r'
            ' WHERE r.%I = $1 AND c.kind = %L AND c.record_id = r.id AND c.due_on > $2',
            reg #>> ARRAY['tables', key ->> 'child'], key ->> 'column', key ->> 'child'
        ) USING of_id, due, grace, why, by_rule;
    END LOOP;
END $$;

-- Give records that somebody categorised the rule of what they are; when they are reviewed stays as it was.
CREATE OR REPLACE FUNCTION openilp_clock_release(of_kind text, ids uuid[], by_rule text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    reg jsonb := openilp_retention_tables();
BEGIN
    IF NOT openilp_retention_may('{intelligence_officer,head_of_intelligence,data_protection_officer}') THEN
        RAISE insufficient_privilege USING MESSAGE = 'only the quarantine desk lets records out';
    END IF;
    EXECUTE format(
        'UPDATE safeguards_retentionclock c SET rule = $2, erase_on = c.due_on + 1 + $3 FROM public.%I r'
        ' WHERE c.kind = %L AND c.record_id = ANY($1) AND r.id = c.record_id AND c.rule = ''QUAR'''
        ' AND r.state <> ''quarantined''',
        reg #>> ARRAY['tables', of_kind], of_kind)
        USING ids, by_rule, (openilp_retention_rule(by_rule) ->> 'grace')::integer;
END $$;

-- Set a clock as one review of one record says, once. How late the next review may be, and how long the record then stays
-- restricted, the rule says. Days have one day of play: where the agency is, tomorrow may have begun.
DROP FUNCTION IF EXISTS openilp_clock_review(uuid, integer);
CREATE OR REPLACE FUNCTION openilp_clock_review(review uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    reg jsonb := openilp_retention_tables();
    is_keeper boolean := openilp_retention_may('{data_protection_officer}');
    said record;
    clock record;
    bounds jsonb;
    author uuid;
    latest date;
BEGIN
    SELECT * INTO said FROM oversight_recordreview r WHERE r.id = review AND r.created_by_id = openilp_claim_user();
    IF NOT FOUND THEN
        RAISE insufficient_privilege USING MESSAGE = 'no such review of yours';
    END IF;
    SELECT * INTO clock FROM safeguards_retentionclock c
        WHERE c.kind = said.kind AND c.record_id = said.record_id FOR UPDATE;
    -- Only the newest review of a record moves its clock, so that none of before is played again.
    IF NOT FOUND OR clock.review_id = review OR said.created_at > clock_timestamp() OR EXISTS (
        SELECT 1 FROM oversight_recordreview later WHERE later.kind = said.kind
        AND later.record_id = said.record_id AND later.created_at > said.created_at) THEN
        RAISE insufficient_privilege USING MESSAGE = 'this review has been used, or its record has no clock';
    END IF;
    IF said.decision = 'erase' THEN
        IF NOT is_keeper AND (clock.due_on > current_date + 1 OR clock.cause NOT IN ('recorded', 'reviewed')) THEN
            RAISE insufficient_privilege USING MESSAGE = 'the review of this record is not due';
        END IF;
        UPDATE safeguards_retentionclock c SET erase_on = current_date, due_on = least(c.due_on, current_date),
            cause = 'ordered', review_id = review, restricted_on = coalesce(c.restricted_on, current_date)
            WHERE c.id = clock.id;
        PERFORM openilp_restrict_rows(said.kind, said.record_id, true);
        RETURN;
    END IF;
    EXECUTE format('SELECT r.created_by_id FROM public.%I r WHERE r.id = $1', reg #>> ARRAY['tables', said.kind])
        INTO author USING said.record_id;
    IF author = said.created_by_id THEN
        RAISE insufficient_privilege USING MESSAGE = 'a review that keeps a record is not for whoever recorded it';
    END IF;
    IF said.decision = 'retain' AND clock.restricted_on IS NOT NULL AND NOT is_keeper THEN
        RAISE insufficient_privilege USING MESSAGE = 'a review that lifts a restriction is for data protection';
    END IF;
    bounds := reg #> ARRAY['rules', clock.rule];
    IF bounds ->> 'repeat' IS NOT NULL
        AND coalesce(clock.started_on + (bounds ->> 'stop')::interval > current_date, true) THEN
        latest := least(current_date + 1 + (bounds ->> 'repeat')::interval,
            clock.started_on + (bounds ->> 'stop')::interval, clock.ends_on)::date;
    ELSIF said.decision = 'restrict' THEN
        latest := clock.ends_on;
    END IF;
    IF said.next_due_on IS NULL OR said.next_due_on <= current_date OR latest IS NULL OR said.next_due_on > latest THEN
        RAISE check_violation USING MESSAGE = 'the next review lies in the past, or later than the rule allows';
    END IF;
    UPDATE safeguards_retentionclock c SET due_on = said.next_due_on,
        erase_on = said.next_due_on + 1 + (bounds ->> 'grace')::integer, cause = 'reviewed', review_id = review,
        restricted_on = CASE said.decision WHEN 'restrict' THEN coalesce(c.restricted_on, current_date) END
        WHERE c.id = clock.id;
    PERFORM openilp_restrict_rows(said.kind, said.record_id, said.decision = 'restrict');
END $$;

-- Restrict a record with its parts and earlier versions, or lift it; what is restricted by a clock of its own stays so, and
-- quarantined rows stay where they are. For the functions here only.
CREATE OR REPLACE FUNCTION openilp_restrict_rows(of_kind text, of_id uuid, is_on boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    reg jsonb := openilp_retention_tables();
    key jsonb;
    part uuid;
BEGIN
    EXECUTE format('UPDATE public.%I SET state = $2 WHERE id = $1 AND state = $3', reg #>> ARRAY['tables', of_kind])
        USING of_id, CASE WHEN is_on THEN 'restricted' ELSE 'normal' END,
        CASE WHEN is_on THEN 'normal' ELSE 'restricted' END;
    FOR key IN SELECT * FROM jsonb_array_elements(reg -> 'keys') k
        WHERE k ->> 'parent' = of_kind AND (k ->> 'part')::boolean AND reg -> 'labelled' ? (k ->> 'child')
        UNION ALL
        -- A hidden correction would make the version before it hold again.
        SELECT jsonb_build_object('child', of_kind, 'column', 'id', 'of', 'supersedes_id')
        WHERE reg -> 'superseding' ? of_kind
    LOOP
        FOR part IN EXECUTE format('SELECT id FROM public.%1$I WHERE %2$I = %3$s',
            reg #>> ARRAY['tables', key ->> 'child'], key ->> 'column',
            CASE WHEN key ? 'of' THEN format('(SELECT supersedes_id FROM public.%I WHERE id = $1)',
                reg #>> ARRAY['tables', of_kind]) ELSE '$1' END) USING of_id
        LOOP
            CONTINUE WHEN NOT is_on AND EXISTS (SELECT 1 FROM safeguards_retentionclock c
                WHERE c.kind = key ->> 'child' AND c.record_id = part AND c.restricted_on IS NOT NULL);
            PERFORM openilp_restrict_rows(key ->> 'child', part, is_on);
        END LOOP;
    END LOOP;
END $$;

CREATE OR REPLACE FUNCTION openilp_restrict(of_kind text, of_id uuid, is_on boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT openilp_retention_may(CASE WHEN is_on
        THEN '{data_protection_officer,head_of_intelligence,intelligence_officer}'::text[]
        ELSE '{data_protection_officer}'::text[] END) THEN
        RAISE insufficient_privilege USING MESSAGE = 'restriction is for others';
    END IF;
    UPDATE safeguards_retentionclock SET restricted_on = CASE WHEN is_on THEN coalesce(restricted_on, current_date) END
        WHERE kind = of_kind AND record_id = of_id;
    PERFORM openilp_restrict_rows(of_kind, of_id, is_on);
END $$;

-- What lapses today: ids only.
CREATE OR REPLACE FUNCTION openilp_lapsing(step text, today date, most integer)
RETURNS TABLE (kind text, record_id uuid, rule text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT openilp_retention_may('{data_protection_officer,head_of_intelligence}') THEN
        RAISE insufficient_privilege USING MESSAGE = 'lapses are for the data-protection officer';
    END IF;
    RETURN QUERY SELECT c.kind::text, c.record_id, c.rule::text FROM safeguards_retentionclock c
        WHERE (step = 'erase' AND c.erase_on <= least(today, current_date))
        OR (step = 'restrict' AND c.due_on < least(today, current_date) AND c.restricted_on IS NULL
            AND c.erase_on > least(today, current_date))
        ORDER BY c.erase_on, c.kind, c.record_id LIMIT most;
END $$;

CREATE OR REPLACE FUNCTION openilp_tombstones(erasure uuid, of_kind text, ids uuid[], by_rule text, root boolean)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    reg jsonb := openilp_retention_tables();
    label text;
BEGIN
    label := CASE WHEN reg -> 'labelled' ? of_kind
        THEN 'r.level, r.compartments, r.owner_unit_id, r.releasable_to, r.originator_control,'
            ' CASE r.state WHEN ''quarantined'' THEN r.state ELSE ''normal'' END'
        -- What has no label of its own was seen through its parts: nobody below the highest level is told.
        ELSE '3, ''{}''::uuid[], NULL::uuid, ''{}''::text[], true, ''restricted''' END;
    EXECUTE format(
        'INSERT INTO safeguards_tombstone (id, kind, record_id, ref, rule, erased_on, erasure_id, is_root, is_expanded,'
        ' made_in, level, compartments, owner_unit_id, releasable_to, originator_control, state)'
        ' SELECT gen_random_uuid(), %1$L, r.id, %2$s, $1, current_date, $2, $3, false,'
        ' pg_current_xact_id()::text::bigint, %3$s FROM public.%4$I r WHERE r.id = ANY($4)'
        ' ON CONFLICT (kind, record_id) DO UPDATE SET erasure_id = excluded.erasure_id, is_expanded = false,'
        ' made_in = excluded.made_in WHERE safeguards_tombstone.erasure_id <> excluded.erasure_id',
        of_kind, CASE WHEN reg -> 'named' ? of_kind THEN 'r.ref' ELSE '''''' END, label,
        reg #>> ARRAY['tables', of_kind]) USING by_rule, erasure, root, ids;
END $$;

-- Whether an erasure runs in this very transaction.
CREATE OR REPLACE FUNCTION openilp_erasing(which uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT EXISTS (SELECT 1 FROM safeguards_tombstone t
    WHERE t.erasure_id = which AND t.made_in = pg_current_xact_id()::text::bigint) $$;

-- Erase records whose time is over, with all that is part of them or cannot be without them. Copies that no key leads
-- to are erased in a second call of the same transaction, `is_copy`; only kinds that rooms read for copies are taken.
CREATE OR REPLACE FUNCTION openilp_erase(erasure uuid, kinds text[], ids uuid[], rules text[], is_copy boolean)
RETURNS TABLE (kind text, record_id uuid, ref text, file text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    reg jsonb := openilp_retention_tables();
    batch record;
    key jsonb;
    hits uuid[];
    each text;
    grew boolean;
BEGIN
    FOR i IN 1 .. coalesce(cardinality(ids), 0) LOOP
        IF is_copy AND openilp_erasing(erasure) AND reg -> 'readable' ? kinds[i] THEN
            NULL;
        ELSIF session_user <> 'openilp_owner' AND NOT (
            openilp_retention_may('{data_protection_officer,head_of_intelligence}')
            AND EXISTS (SELECT 1 FROM safeguards_retentionclock c
                WHERE c.kind = kinds[i] AND c.record_id = ids[i] AND c.erase_on <= current_date)) THEN
            RAISE insufficient_privilege USING MESSAGE = 'the time of this record is not over';
        END IF;
        PERFORM openilp_tombstones(erasure, kinds[i], ARRAY[ids[i]], rules[i], true);
    END LOOP;
    LOOP
        SELECT t.kind AS kind, min(t.rule) AS rule, array_agg(t.record_id) AS ids INTO batch FROM safeguards_tombstone t
            WHERE t.erasure_id = erasure AND NOT t.is_expanded GROUP BY t.kind ORDER BY t.kind LIMIT 1;
        IF NOT FOUND THEN
            grew := false;
            FOR key IN SELECT * FROM jsonb_array_elements(reg -> 'through') LOOP
                EXECUTE format(
                    'SELECT array_agg(DISTINCT p.%1$I) FROM public.%2$I p JOIN safeguards_tombstone t'
                    ' ON t.kind = %3$L AND t.record_id = p.id AND t.erasure_id = $1'
                    ' WHERE NOT EXISTS (SELECT 1 FROM safeguards_tombstone done WHERE done.kind = %4$L'
                    ' AND done.record_id = p.%1$I AND done.erasure_id = $1)'
                    ' AND NOT EXISTS (SELECT 1 FROM public.%2$I other WHERE other.%1$I = p.%1$I'
                    ' AND NOT EXISTS (SELECT 1 FROM safeguards_tombstone gone WHERE gone.kind = %3$L'
                    ' AND gone.record_id = other.id AND gone.erasure_id = $1))',
                    key ->> 'column', reg #>> ARRAY['tables', key ->> 'part'], key ->> 'part', key ->> 'kind')
                    INTO hits USING erasure;
                IF hits IS NOT NULL THEN
                    PERFORM openilp_tombstones(erasure, key ->> 'kind', hits,
                        (SELECT min(t.rule) FROM safeguards_tombstone t WHERE t.erasure_id = erasure), false);
                    grew := true;
                END IF;
            END LOOP;
            EXIT WHEN NOT grew;
            CONTINUE;
        END IF;
        UPDATE safeguards_tombstone t SET is_expanded = true
            WHERE t.erasure_id = erasure AND t.kind = batch.kind AND t.record_id = ANY(batch.ids);
        -- The version before an erased correction would hold again.
        IF reg -> 'superseding' ? batch.kind THEN
            EXECUTE format('SELECT array_agg(supersedes_id) FROM public.%I'
                ' WHERE id = ANY($1) AND supersedes_id IS NOT NULL', reg #>> ARRAY['tables', batch.kind])
                INTO hits USING batch.ids;
            IF hits IS NOT NULL THEN
                PERFORM openilp_tombstones(erasure, batch.kind, hits, batch.rule, false);
            END IF;
        END IF;
        FOR key IN SELECT * FROM jsonb_array_elements(reg -> 'keys') k WHERE k ->> 'parent' = batch.kind LOOP
            IF key ->> 'assign' IS NULL THEN
                EXECUTE format('SELECT array_agg(id) FROM public.%I WHERE %I = ANY($1)',
                    reg #>> ARRAY['tables', key ->> 'child'], key ->> 'column') INTO hits USING batch.ids;
                IF hits IS NOT NULL THEN
                    PERFORM openilp_tombstones(erasure, key ->> 'child', hits, batch.rule, false);
                END IF;
            ELSE
                EXECUTE format('UPDATE public.%I SET %s WHERE %I = ANY($1)',
                    reg #>> ARRAY['tables', key ->> 'child'], key ->> 'assign', key ->> 'column') USING batch.ids;
            END IF;
        END LOOP;
    END LOOP;
    RETURN QUERY SELECT t.kind::text, t.record_id, t.ref::text, ''::text FROM safeguards_tombstone t
        WHERE t.erasure_id = erasure;
    -- What lost a part is named too, behind a tilde: copies of it may lie in files.
    FOR key IN SELECT k.* FROM jsonb_array_elements(reg -> 'keys') k, jsonb_array_elements(reg -> 'through') whole
        WHERE k ->> 'parent' = whole ->> 'kind'
    LOOP
        RETURN QUERY EXECUTE format(
            'SELECT ''~'' || %1$L, e.id, e.ref::text, ''''::text FROM public.%2$I r JOIN safeguards_tombstone t'
            ' ON t.kind = %3$L AND t.record_id = r.id AND t.erasure_id = $1 JOIN public.%4$I e ON e.id = r.%5$I',
            key ->> 'parent', reg #>> ARRAY['tables', key ->> 'child'], key ->> 'child',
            reg #>> ARRAY['tables', key ->> 'parent'], key ->> 'column') USING erasure;
    END LOOP;
    -- Whoever was given a copy is named behind an arrow, under what was given.
    FOR each IN SELECT * FROM jsonb_object_keys(reg -> 'tells') LOOP
        key := reg #> ARRAY['tells', each];
        RETURN QUERY EXECUTE format(
            'SELECT ''>'' || %1$L, r.%2$I, p.ref::text, ''''::text FROM public.%3$I r JOIN safeguards_tombstone t'
            ' ON t.kind = %1$L AND t.record_id = r.id AND t.erasure_id = $1 JOIN public.%4$I p ON p.id = r.%5$I',
            each, key ->> 'account', reg #>> ARRAY['tables', each], reg #>> ARRAY['tables', key ->> 'parent'],
            key ->> 'column') USING erasure;
    END LOOP;
    FOR each IN SELECT * FROM jsonb_object_keys(reg -> 'files') LOOP
        RETURN QUERY EXECUTE format(
            'SELECT %1$L::text, r.id, ''''::text, r.%2$I::text FROM public.%3$I r JOIN safeguards_tombstone t'
            ' ON t.kind = %1$L AND t.record_id = r.id AND t.erasure_id = $1 WHERE r.%2$I <> ''''',
            each, reg #>> ARRAY['files', each], reg #>> ARRAY['tables', each]) USING erasure;
    END LOOP;
    DELETE FROM safeguards_notice n USING safeguards_tombstone t
        WHERE t.erasure_id = erasure AND t.ref <> '' AND n.ref = t.ref AND n.acknowledged_at IS NULL;
    DELETE FROM safeguards_stoodin s USING safeguards_tombstone t
        WHERE t.erasure_id = erasure AND s.record_id = t.record_id;
    -- That a label was changed stays on record; the words that say why may quote what goes.
    UPDATE safeguards_labelchange c SET reason = '' FROM safeguards_tombstone t
        WHERE t.erasure_id = erasure AND c.object_kind = t.kind AND c.object_id = t.record_id;
    UPDATE safeguards_sensitiveopening o SET reason = '' FROM safeguards_sensitivemark m, safeguards_tombstone t
        WHERE t.erasure_id = erasure AND m.object_kind = t.kind AND m.object_id = t.record_id AND o.mark_id = m.id;
    UPDATE safeguards_sensitiveend e SET reason = '' FROM safeguards_sensitivemark m, safeguards_tombstone t
        WHERE t.erasure_id = erasure AND m.object_kind = t.kind AND m.object_id = t.record_id AND e.mark_id = m.id;
    UPDATE safeguards_sensitivemark m SET reason = '' FROM safeguards_tombstone t
        WHERE t.erasure_id = erasure AND m.object_kind = t.kind AND m.object_id = t.record_id;
    UPDATE safeguards_approvalanswer a SET reason = '' FROM safeguards_approvalrequest asked, safeguards_tombstone t
        WHERE t.erasure_id = erasure AND asked.object_kind = t.kind AND asked.object_id = t.record_id
        AND a.request_id = asked.id;
    UPDATE safeguards_approvalrequest asked SET reason = '' FROM safeguards_tombstone t
        WHERE t.erasure_id = erasure AND asked.object_kind = t.kind AND asked.object_id = t.record_id;
    FOR each IN SELECT * FROM jsonb_array_elements_text(reg -> 'beside') LOOP
        EXECUTE format('DELETE FROM public.%I b USING safeguards_tombstone t'
            ' WHERE t.erasure_id = $1 AND b.kind = t.kind AND b.record_id = t.record_id', each) USING erasure;
    END LOOP;
    FOR each IN SELECT DISTINCT t.kind FROM safeguards_tombstone t WHERE t.erasure_id = erasure LOOP
        EXECUTE format('DELETE FROM public.%I r USING safeguards_tombstone t'
            ' WHERE t.erasure_id = $1 AND t.kind = %L AND t.record_id = r.id',
            reg #>> ARRAY['tables', each], each) USING erasure;
    END LOOP;
    -- What nobody could name needs no stone: the certificate counts it.
    DELETE FROM safeguards_tombstone t WHERE t.erasure_id = erasure AND t.ref = '' AND NOT t.is_root;
END $$;

-- How many of those who were told of an erasure have confirmed it: a number and no name.
CREATE OR REPLACE FUNCTION openilp_erasure_acknowledged(which uuid) RETURNS integer
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT openilp_retention_may('{data_protection_officer,oversight,head_of_intelligence}') THEN
        RAISE insufficient_privilege USING MESSAGE = 'certificates are for those who control erasures';
    END IF;
    RETURN (SELECT count(*) FROM safeguards_notice n WHERE n.erasure_id = which AND n.acknowledged_at IS NOT NULL);
END $$;

-- Read, while an erasure runs, the columns that may quote what goes: rows with one of some words, or all of a kind.
CREATE OR REPLACE FUNCTION openilp_erasure_read(erasure uuid, of_kind text, words text[])
RETURNS TABLE (id uuid, held jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    reg jsonb := openilp_retention_tables();
    listed text;
BEGIN
    IF NOT openilp_erasing(erasure) OR reg #> ARRAY['readable', of_kind] IS NULL THEN
        RAISE insufficient_privilege USING MESSAGE = 'no erasure runs here';
    END IF;
    SELECT string_agg(format('%L, r.%I', c, c), ', ') INTO listed
        FROM jsonb_array_elements_text(reg #> ARRAY['readable', of_kind]) c;
    RETURN QUERY EXECUTE format(
        'SELECT q.id, q.held FROM (SELECT r.id, jsonb_build_object(%s) AS held FROM public.%I r) q'
        ' WHERE cardinality($1) = 0 OR EXISTS (SELECT 1 FROM unnest($1) w WHERE strpos(q.held::text, w) > 0)',
        listed, reg #>> ARRAY['tables', of_kind]) USING words;
END $$;

-- Issue a frozen text anew, while an erasure runs: only the columns that its room named.
CREATE OR REPLACE FUNCTION openilp_reissue(erasure uuid, of_kind text, of_id uuid, changed jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    reg jsonb := openilp_retention_tables();
    listed text;
    kept text;
BEGIN
    IF NOT openilp_erasing(erasure) OR reg #> ARRAY['frozen', of_kind] IS NULL THEN
        RAISE insufficient_privilege USING MESSAGE = 'no erasure runs here';
    END IF;
    SELECT string_agg(format('%I', c), ', '), string_agg(format('j.%I', c), ', ') INTO listed, kept
        FROM jsonb_array_elements_text(reg #> ARRAY['frozen', of_kind]) c WHERE changed ? c;
    EXECUTE format('UPDATE public.%1$I r SET (%2$s) = ROW(%3$s) FROM jsonb_populate_record(NULL::public.%1$I, $1) j'
        ' WHERE r.id = $2', reg #>> ARRAY['tables', of_kind], listed, kept) USING changed, of_id;
END $$;

-- Carry out an open order of the rights desk, of the caller's own: the record and the products that carry it are restricted;
-- an order to erase lets the clock run out, so that the coming night erases the record.
CREATE OR REPLACE FUNCTION openilp_rights_order(which uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    said record;
    each jsonb;
BEGIN
    SELECT o.* INTO said FROM oversight_rightsorder o JOIN oversight_rightsrequest q ON q.id = o.request_id
        WHERE o.id = which AND o.created_by_id = openilp_claim_user() AND o.measure IN ('restrict', 'erase')
        AND o.done_on IS NULL AND q.closed_on IS NULL;
    IF NOT FOUND OR NOT openilp_retention_may('{data_protection_officer}') THEN
        RAISE insufficient_privilege USING MESSAGE = 'no such open order of yours';
    END IF;
    PERFORM openilp_restrict(said.record_kind, said.record_id, true);
    FOR each IN SELECT * FROM jsonb_array_elements(said.derived) LOOP
        PERFORM openilp_restrict(each ->> 'kind', (each ->> 'id')::uuid, true);
    END LOOP;
    IF said.measure = 'erase' THEN
        UPDATE safeguards_retentionclock c SET erase_on = current_date, due_on = least(c.due_on, current_date),
            cause = 'ordered' WHERE c.kind = said.record_kind AND c.record_id = said.record_id;
        IF NOT FOUND THEN
            RAISE insufficient_privilege USING MESSAGE = 'this record has no clock of its own';
        END IF;
    END IF;
END $$;
