-- A reference of the form that the pages know, in sequence because nobody guesses here.
CREATE OR REPLACE FUNCTION bench_ref(prefix text, n int) RETURNS text LANGUAGE sql IMMUTABLE AS $$
SELECT prefix || '-' || left(d, 4) || '-' || right(d, 4)
FROM (SELECT translate(lpad(upper(to_hex(n)), 8, '0'), '0123456789ABCDEF', '23456789BCDFGHJK') AS d) digits
$$;

CREATE OR REPLACE FUNCTION bench_reports(n int) RETURNS void LANGUAGE sql AS $$
INSERT INTO collection_report (id, ref, title, text, language, urgency, provenance, provenance_note, foreign_key, place, necessary_wording, {columns})
SELECT gen_random_uuid(), bench_ref('R', i),
       'Observation ' || i || ' near quarter ' || (i % 97),
       (ARRAY['A white van','A grey car','Two men','A courier','The caretaker'])[1 + i % 5] || ' was seen near house '
       || (i % 1999) || ' with number ' || (100000 + i % 89999) || '. '
       || (ARRAY['Tools were carried.','Сумки были тяжёлые.','Машин хурдан явсан.','Nobody was stopped.'])[1 + i % 4]
       || CASE WHEN i % 311 = 0 THEN ' A lantern was left behind.' ELSE '' END,
       'en', (ARRAY['low','low','medium','high'])[1 + i % 4], 'seen', '', '', '', '{}',
       now() - make_interval(mins => n - i), u.id, (ARRAY[0,1,1,1,2,2,1,1,3,1])[1 + (i / 13) % 10],
       CASE WHEN (i / 13) % 10 = 7 THEN ARRAY[other.id] ELSE ARRAY[]::uuid[] END, u.unit_id, '{}', false, 'normal',
       desk.id, 'PL-12', current_date, current_date + 365
FROM generate_series(1, n) i, safeguards_user u,
     (SELECT id FROM safeguards_matter WHERE title LIKE 'Crime%') desk,
     (SELECT id FROM safeguards_matter WHERE title LIKE 'Operation%') other
WHERE u.username = 'analyst'
$$;

CREATE OR REPLACE FUNCTION bench_items(k int) RETURNS void LANGUAGE sql AS $$
INSERT INTO collection_item (id, ref, report_id, number, text, kind, sentence_start, sentence_end, {columns})
SELECT gen_random_uuid(), 'I-' || substr(md5(r.id::text || k.i), 1, 12), r.id, k.i, r.text, 'fact', 0, length(r.text),
       r.created_at, r.created_by_id, r.level, r.compartments, r.owner_unit_id, r.releasable_to, r.originator_control,
       r.state, r.purpose_id, r.legal_basis, r.recorded_on, r.review_on
FROM collection_report r, generate_series(1, k) AS k(i);
-- Both items of a report are graded by a colleague, but one report in forty, and the newest five hundred, still wait.
INSERT INTO evaluation_evaluation (id, ref, item_id, scheme, scheme_version, source_grade, information_grade,
       handling_scheme, handling, handling_text, reasons, {columns})
SELECT gen_random_uuid(), 'E-' || substr(md5(i.id::text), 1, 12), i.id, 'europol-4x4', '1', 'B', '2', 'europol-h', 'H1', '', '',
       i.created_at, c.id, i.level, i.compartments, i.owner_unit_id, i.releasable_to, i.originator_control,
       i.state, i.purpose_id, i.legal_basis, i.recorded_on, i.review_on
FROM (SELECT *, row_number() OVER (ORDER BY created_at DESC) AS nr FROM collection_report) r
     JOIN collection_item i ON i.report_id = r.id, safeguards_user c
WHERE c.username = 'colleague' AND (i.number = 1 OR (r.nr > 500 AND r.nr % 40 <> 0));
UPDATE collection_report r SET awaits_grade = false WHERE NOT EXISTS (
    SELECT FROM collection_item i LEFT JOIN evaluation_evaluation e ON e.item_id = i.id WHERE i.report_id = r.id AND e.id IS NULL);
INSERT INTO safeguards_threadedge (id, from_kind, from_id, to_kind, to_id, kind, created_at, created_by_id, level,
       compartments, owner_unit_id, releasable_to, originator_control, state)
SELECT gen_random_uuid(), 'report', i.report_id, 'item', i.id, 'contains', i.created_at, i.created_by_id, i.level,
       i.compartments, i.owner_unit_id, i.releasable_to, i.originator_control, i.state
FROM collection_item i
$$;

CREATE OR REPLACE FUNCTION bench_entities(n int) RETURNS void LANGUAGE sql AS $$
INSERT INTO collation_entity (id, ref, kind, created_at, created_by_id)
SELECT md5('entity' || i)::uuid, bench_ref('EN', i), (ARRAY['person','vehicle','phone','location','event'])[1 + i % 5],
       now() - make_interval(mins => n - i), u.id
FROM generate_series(0, n - 1) i, safeguards_user u WHERE u.username = 'analyst';
INSERT INTO collation_statement (id, ref, entity_id, property, value, value_key, kind, item_id, {columns})
SELECT gen_random_uuid(), 'ST-' || substr(md5(i.id::text || 's'), 1, 12), md5('entity' || (i.nr % n))::uuid,
       (ARRAY['name','plate','number','address','title'])[1 + (i.nr % n) % 5], 'Value ' || (i.nr % n) || ' of ' || i.nr % 7,
       'value ' || (i.nr % n) || ' of ' || i.nr % 7,
       (ARRAY['fact','fact','third_party_claim','personal_assessment'])[1 + i.nr % 4], i.id,
       i.created_at, i.created_by_id, i.level, i.compartments, i.owner_unit_id, i.releasable_to, i.originator_control,
       i.state, i.purpose_id, i.legal_basis, i.recorded_on, i.review_on
FROM (SELECT *, (row_number() OVER (ORDER BY created_at, id))::int AS nr FROM collection_item WHERE number = 1) i;
INSERT INTO safeguards_threadedge (id, from_kind, from_id, to_kind, to_id, kind, created_at, created_by_id, level,
       compartments, owner_unit_id, releasable_to, originator_control, state)
SELECT gen_random_uuid(), e.fk, e.f, e.tk, e.t, e.kind, s.created_at, s.created_by_id, s.level,
       s.compartments, s.owner_unit_id, s.releasable_to, s.originator_control, s.state
FROM collation_statement s,
     LATERAL (VALUES ('item', s.item_id, 'statement', s.id, 'says'),
                     ('statement', s.id, 'entity', s.entity_id, 'describes')) AS e(fk, f, tk, t, kind)
$$;

-- A mention for each statement; all but one in sixty-seven, and the newest five hundred, are settled.
CREATE OR REPLACE FUNCTION bench_mentions() RETURNS void LANGUAGE sql AS $$
INSERT INTO collection_mention (id, item_id, entity_type, text, proposed_category, predicate, start, "end", is_settled, {columns})
SELECT md5(s.id::text || 'm')::uuid, s.item_id, e.kind, s.value, CASE WHEN e.kind = 'person' THEN 'WIT' ELSE '' END, '', 0, 5,
       s.nr > 500 AND s.nr % 67 <> 0,
       s.created_at, s.created_by_id, s.level, s.compartments, s.owner_unit_id, s.releasable_to, s.originator_control,
       s.state, s.purpose_id, s.legal_basis, s.recorded_on, s.review_on
FROM (SELECT *, row_number() OVER (ORDER BY created_at DESC, id) AS nr FROM collation_statement) s
     JOIN collation_entity e ON e.id = s.entity_id;
INSERT INTO collation_settlement (id, mention_id, statement_id, reason, {columns})
SELECT gen_random_uuid(), m.id, s.id, '',
       m.created_at, m.created_by_id, m.level, m.compartments, m.owner_unit_id, m.releasable_to, m.originator_control,
       m.state, m.purpose_id, m.legal_basis, m.recorded_on, m.review_on
FROM collection_mention m JOIN collation_statement s ON s.item_id = m.item_id
WHERE m.is_settled
$$;

-- Where and when: a position for each place, a begin for each event, and four links in each group of five entities.
CREATE OR REPLACE FUNCTION bench_connections(n int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
CREATE TEMPORARY TABLE bench_first ON COMMIT DROP AS
SELECT DISTINCT ON (s.entity_id) s.*, e.kind AS entity_kind, split_part(s.value, ' ', 2)::int AS nr
FROM collation_statement s JOIN collation_entity e ON e.id = s.entity_id ORDER BY s.entity_id, s.created_at, s.id;
INSERT INTO collation_statement (id, ref, entity_id, property, value, value_key, kind, item_id, {columns})
SELECT gen_random_uuid(), 'ST-' || substr(md5(s.id::text || 'w'), 1, 12), s.entity_id, w.about, w.said, w.folded, 'fact', s.item_id,
       s.created_at, s.created_by_id, s.level, s.compartments, s.owner_unit_id, s.releasable_to, s.originator_control,
       s.state, s.purpose_id, s.legal_basis, s.recorded_on, s.review_on
FROM bench_first s, LATERAL (
    SELECT 'point' AS about, p.x || ', ' || p.y AS said, p.x || ',' || p.y AS folded
    FROM (SELECT round((-2.9 + (s.nr % 997) * 0.0011)::numeric, 5) AS x, round((51.1 + (s.nr % 613) * 0.0012)::numeric, 5) AS y) p
    WHERE s.entity_kind = 'location'
    UNION ALL
    SELECT 'started_at', d.day || ' 21:40', d.day || '21:40' FROM (SELECT s.created_at::date::text AS day) d
    WHERE s.entity_kind = 'event'
) w;
INSERT INTO collation_link (id, ref, source_id, target_id, type, confirmation, kind, item_id, {columns})
SELECT gen_random_uuid(), 'L-' || substr(md5(s.id::text || k.far), 1, 12), s.entity_id, md5('entity' || k.far)::uuid, k.type,
       (ARRAY['confirmed','probable','unconfirmed'])[1 + s.nr % 3], 'fact', s.item_id,
       s.created_at, s.created_by_id, s.level, s.compartments, s.owner_unit_id, s.releasable_to, s.originator_control,
       s.state, s.purpose_id, s.legal_basis, s.recorded_on, s.review_on
FROM bench_first s, LATERAL (VALUES ('uses', s.nr + 1, 'person'), ('uses', s.nr + 2, 'person'), ('lives_at', s.nr + 3, 'person'),
     ('associate_of', s.nr + 5, 'person'), ('happened_at', s.nr - 1, 'event')) AS k(type, far, near)
WHERE s.entity_kind = k.near AND k.far < n AND (k.type <> 'uses' OR k.far % 5 = 1 OR s.nr % 2 = 0);
INSERT INTO collation_involvement (id, ref, person_id, matter_id, category, predicate, since, item_id, {columns})
SELECT gen_random_uuid(), 'V-' || substr(md5(s.id::text), 1, 12), s.entity_id, s.purpose_id, 'WIT', '', s.recorded_on, s.item_id,
       s.created_at, s.created_by_id, s.level, s.compartments, s.owner_unit_id, s.releasable_to, s.originator_control,
       s.state, s.purpose_id, s.legal_basis, s.recorded_on, s.review_on
FROM bench_first s WHERE s.entity_kind = 'person';
INSERT INTO safeguards_threadedge (id, from_kind, from_id, to_kind, to_id, kind, created_at, created_by_id, level,
       compartments, owner_unit_id, releasable_to, originator_control, state)
SELECT gen_random_uuid(), e.fk, e.f, e.tk, e.t, e.kind, s.created_at, s.created_by_id, s.level,
       s.compartments, s.owner_unit_id, s.releasable_to, s.originator_control, s.state
FROM collation_link s,
     LATERAL (VALUES ('item', s.item_id, 'link', s.id, 'shows'), ('link', s.id, 'entity', s.source_id, 'connects'),
                     ('link', s.id, 'entity', s.target_id, 'connects')) AS e(fk, f, tk, t, kind)
UNION ALL
SELECT gen_random_uuid(), e.fk, e.f, e.tk, e.t, e.kind, s.created_at, s.created_by_id, s.level,
       s.compartments, s.owner_unit_id, s.releasable_to, s.originator_control, s.state
FROM collation_involvement s,
     LATERAL (VALUES ('item', s.item_id, 'involvement', s.id, 'grounds'),
                     ('involvement', s.id, 'entity', s.person_id, 'involves')) AS e(fk, f, tk, t, kind)
UNION ALL
SELECT gen_random_uuid(), 'item', s.item_id, 'evaluation', s.id, 'graded in', s.created_at, s.created_by_id, s.level,
       s.compartments, s.owner_unit_id, s.releasable_to, s.originator_control, s.state
FROM evaluation_evaluation s;
END
$$;
