-- What the program asks a server that keeps rows from some who sign in. Each answers as the tables' owner does, and
-- tells of what is hidden no more than that it is there. :schema is the schema that the ledger is in.

-- The coders that whoever is signed in works as.
CREATE OR REPLACE FUNCTION evidence_mine() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER ROWS 2 SET search_path = :schema, pg_temp AS $$
  SELECT id FROM coder WHERE login = session_user
$$;

-- Rows that whoever is signed in must not see while a blind round is open: codes of others in it (an adjudicator who
-- does not code in it sees them), all codes of others on what he is to code himself, and what hangs on any of them.
CREATE OR REPLACE FUNCTION evidence_hidden() RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100 SET search_path = :schema, pg_temp AS $$
DECLARE
  codes uuid[];
  mine uuid[];
  seeing boolean;
BEGIN
  IF NOT EXISTS (SELECT FROM coding_round WHERE blind AND frozen_at IS NULL AND retired_at IS NULL) THEN
    RETURN;
  END IF;
  IF EXISTS (SELECT FROM pg_class WHERE oid = 'decision'::regclass AND pg_has_role(session_user, relowner, 'MEMBER'))
     OR EXISTS (SELECT FROM pg_roles WHERE rolname = 'evidence_owner' AND pg_has_role(session_user, oid, 'MEMBER')) THEN
    RETURN;
  END IF;
  seeing := EXISTS (
    SELECT FROM pg_roles WHERE rolname = 'evidence_adjudicator' AND pg_has_role(session_user, oid, 'MEMBER'));
  mine := ARRAY(SELECT evidence_mine());
  codes := ARRAY(
    WITH open AS (
      SELECT r.id, v.variable_id FROM coding_round r JOIN variable_version v ON v.id = r.variable_version_id
      WHERE r.blind AND r.frozen_at IS NULL AND r.retired_at IS NULL
    ), todo AS (
      SELECT a.case_id, open.variable_id FROM assignment a JOIN open ON open.id = a.coding_round_id
      WHERE a.coder_id = ANY (mine) AND a.retired_at IS NULL
    )
    SELECT d.id FROM decision d JOIN variable_version v ON v.id = d.variable_version_id
    WHERE d.coder_id <> ALL (mine) AND (
      (NOT seeing AND d.coding_round_id IN (SELECT open.id FROM open))
      OR (d.case_id, v.variable_id) IN (SELECT todo.case_id, todo.variable_id FROM todo)));
  IF codes = '{}' THEN
    RETURN;
  END IF;
  RETURN QUERY
    SELECT unnest(codes)
    UNION ALL SELECT id FROM decision_test WHERE decision_id = ANY (codes)
    UNION ALL SELECT id FROM decision_observation WHERE decision_id = ANY (codes)
    UNION ALL SELECT id FROM decision_search WHERE decision_id = ANY (codes)
    UNION ALL SELECT id FROM decision_adjudicated WHERE decision_id = ANY (codes) OR adjudicated_id = ANY (codes)
    UNION ALL SELECT id FROM review WHERE subject_id = ANY (codes)
    UNION ALL SELECT id FROM challenge WHERE subject_id = ANY (codes)
    UNION ALL SELECT id FROM conflict WHERE subject_id = ANY (codes);
END
$$;

-- The same in the index of find.
CREATE OR REPLACE FUNCTION evidence_hidden_passages() RETURNS TABLE (study_id uuid, id bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100 SET search_path = :schema, pg_temp AS $$
DECLARE
  gone uuid[] := ARRAY(SELECT evidence_hidden());
BEGIN
  IF gone <> '{}' THEN
    RETURN QUERY SELECT p.study_id, p.id FROM study s JOIN passage p ON p.study_id = s.id AND p.record_id = ANY (gone);
  END IF;
END
$$;

-- What answers a query. A row policy would keep the server from asking its index of words.
CREATE OR REPLACE FUNCTION evidence_found(query tsquery)
RETURNS TABLE (study_id uuid, id bigint, slice integer, vector tsvector)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = :schema, pg_temp AS $$
  SELECT i.study_id, i.id, i.slice, i.vector FROM passage_index i
  WHERE i.vector @@ query AND (i.study_id, i.id) NOT IN (SELECT h.study_id, h.id FROM evidence_hidden_passages() h)
$$;

-- The last number that a passage has in a range, of one study or of all.
CREATE OR REPLACE FUNCTION evidence_last_passage(whose uuid, first bigint, last bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = :schema, pg_temp AS $$
  SELECT CASE WHEN whose IS NULL THEN (SELECT max(id) FROM passage WHERE id BETWEEN first AND last)
  ELSE (SELECT max(id) FROM passage WHERE study_id = whose AND id BETWEEN first AND last) END
$$;

-- The keys that decisions have, so that the next is one that none has.
CREATE OR REPLACE FUNCTION evidence_decision_keys(whose uuid, stem text) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = :schema, pg_temp AS $$
  SELECT key FROM decision WHERE study_id = whose AND starts_with(key, stem)
$$;

-- Whether a code that is given or taken back now belongs to no round, or to one that is not frozen.
CREATE OR REPLACE FUNCTION evidence_unfrozen() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER ROWS 10 SET search_path = :schema, pg_temp AS $$
  SELECT id FROM coding_round WHERE frozen_at IS NULL AND retired_at IS NULL
$$;
