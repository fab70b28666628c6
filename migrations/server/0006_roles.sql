-- Who may do what, by group roles of the server: evidence_reader, evidence_coder, evidence_adjudicator, evidence_owner.
-- It can be run again at any time. :schema is the schema that the ledger is in, :all its tables, :evidence those that
-- every coder may add to and edit, and :functions those of 0006_functions.sql.

REVOKE CREATE ON SCHEMA :schema FROM PUBLIC;
REVOKE ALL ON FUNCTION :functions FROM PUBLIC;
REVOKE ALL ON :all FROM PUBLIC, evidence_reader, evidence_coder, evidence_adjudicator;
GRANT USAGE ON SCHEMA :schema TO evidence_reader, evidence_coder, evidence_adjudicator, evidence_owner;
GRANT EXECUTE ON FUNCTION :functions
  TO evidence_reader, evidence_coder, evidence_adjudicator, evidence_owner;

-- Everybody reads; what must not be seen is kept back row by row, below. An owner may do everything.
GRANT SELECT ON :all TO evidence_reader, evidence_coder, evidence_adjudicator;
GRANT ALL ON :all TO evidence_owner;

-- Evidence is everybody's. Nothing is deleted, except from the index of find, which is no evidence.
GRANT INSERT, UPDATE ON :evidence TO evidence_coder, evidence_adjudicator;
GRANT INSERT, DELETE ON passage, passage_index TO evidence_coder, evidence_adjudicator;
-- History is added to. A revision's digest is known when its changes are, and then is written once.
GRANT INSERT ON revision, change TO evidence_coder, evidence_adjudicator;
GRANT UPDATE (digest) ON revision TO evidence_coder, evidence_adjudicator;
-- A study is locked by whoever writes in it, and changed by its owner.
GRANT UPDATE ON study TO evidence_coder, evidence_adjudicator;
-- Codes stand as they were given: they are added, and taken back by who gave them.
GRANT INSERT, UPDATE (retired_at) ON decision, decision_test, decision_observation, decision_search, decision_adjudicated,
  review TO evidence_coder, evidence_adjudicator;
-- Whoever signs in as somebody else could code as somebody else.
GRANT INSERT, UPDATE (key, name, orcid, source_id, note, retired_at) ON coder TO evidence_coder, evidence_adjudicator;
GRANT UPDATE (frozen_at) ON coding_round TO evidence_adjudicator;

ALTER TABLE study ENABLE ROW LEVEL SECURITY;
CREATE POLICY evidence_read ON study FOR SELECT TO PUBLIC USING (true);
CREATE POLICY evidence_lock ON study FOR UPDATE TO evidence_coder, evidence_adjudicator USING (true) WITH CHECK (false);

ALTER TABLE coder ENABLE ROW LEVEL SECURITY;
CREATE POLICY evidence_read ON coder FOR SELECT TO PUBLIC USING (true);
CREATE POLICY evidence_add ON coder FOR INSERT TO evidence_coder, evidence_adjudicator WITH CHECK (login IS NULL);
CREATE POLICY evidence_edit ON coder FOR UPDATE TO evidence_coder, evidence_adjudicator
  USING (login IS NULL OR login = session_user);

ALTER TABLE coding_round ENABLE ROW LEVEL SECURITY;
CREATE POLICY evidence_read ON coding_round FOR SELECT TO PUBLIC USING (true);
CREATE POLICY evidence_freeze ON coding_round FOR UPDATE TO evidence_adjudicator
  USING (frozen_at IS NULL) WITH CHECK (frozen_at IS NOT NULL);

ALTER TABLE decision ENABLE ROW LEVEL SECURITY;
CREATE POLICY evidence_read ON decision FOR SELECT TO PUBLIC USING (id NOT IN (SELECT evidence_hidden()));
CREATE POLICY evidence_code ON decision FOR INSERT TO evidence_coder, evidence_adjudicator
  WITH CHECK (coder_id IN (SELECT evidence_mine()) AND round <> 'adjudicated'
    AND (coding_round_id IS NULL OR coding_round_id IN (SELECT evidence_unfrozen())));
CREATE POLICY evidence_adjudicate ON decision FOR INSERT TO evidence_adjudicator
  WITH CHECK (coder_id IN (SELECT evidence_mine()) AND round = 'adjudicated');
CREATE POLICY evidence_take_back ON decision FOR UPDATE TO evidence_coder, evidence_adjudicator
  USING (coder_id IN (SELECT evidence_mine())
    AND (coding_round_id IS NULL OR coding_round_id IN (SELECT evidence_unfrozen())));

-- What a code relies on is its coder's. (The own codes are read by the policy above, which shows them all.)
ALTER TABLE decision_test ENABLE ROW LEVEL SECURITY;
CREATE POLICY evidence_read ON decision_test FOR SELECT TO PUBLIC USING (id NOT IN (SELECT evidence_hidden()));
CREATE POLICY evidence_code ON decision_test FOR INSERT TO evidence_coder, evidence_adjudicator
  WITH CHECK (EXISTS (SELECT FROM decision d WHERE d.id = decision_id AND d.coder_id IN (SELECT evidence_mine())));
CREATE POLICY evidence_take_back ON decision_test FOR UPDATE TO evidence_coder, evidence_adjudicator
  USING (EXISTS (SELECT FROM decision d WHERE d.id = decision_id AND d.coder_id IN (SELECT evidence_mine())));

ALTER TABLE decision_observation ENABLE ROW LEVEL SECURITY;
CREATE POLICY evidence_read ON decision_observation FOR SELECT TO PUBLIC USING (id NOT IN (SELECT evidence_hidden()));
CREATE POLICY evidence_code ON decision_observation FOR INSERT TO evidence_coder, evidence_adjudicator
  WITH CHECK (EXISTS (SELECT FROM decision d WHERE d.id = decision_id AND d.coder_id IN (SELECT evidence_mine())));
CREATE POLICY evidence_take_back ON decision_observation FOR UPDATE TO evidence_coder, evidence_adjudicator
  USING (EXISTS (SELECT FROM decision d WHERE d.id = decision_id AND d.coder_id IN (SELECT evidence_mine())));

ALTER TABLE decision_search ENABLE ROW LEVEL SECURITY;
CREATE POLICY evidence_read ON decision_search FOR SELECT TO PUBLIC USING (id NOT IN (SELECT evidence_hidden()));
CREATE POLICY evidence_code ON decision_search FOR INSERT TO evidence_coder, evidence_adjudicator
  WITH CHECK (EXISTS (SELECT FROM decision d WHERE d.id = decision_id AND d.coder_id IN (SELECT evidence_mine())));
CREATE POLICY evidence_take_back ON decision_search FOR UPDATE TO evidence_coder, evidence_adjudicator
  USING (EXISTS (SELECT FROM decision d WHERE d.id = decision_id AND d.coder_id IN (SELECT evidence_mine())));

ALTER TABLE decision_adjudicated ENABLE ROW LEVEL SECURITY;
CREATE POLICY evidence_read ON decision_adjudicated FOR SELECT TO PUBLIC USING (id NOT IN (SELECT evidence_hidden()));
CREATE POLICY evidence_adjudicate ON decision_adjudicated FOR INSERT TO evidence_adjudicator
  WITH CHECK (EXISTS (SELECT FROM decision d WHERE d.id = decision_id AND d.coder_id IN (SELECT evidence_mine())));

ALTER TABLE review ENABLE ROW LEVEL SECURITY;
CREATE POLICY evidence_read ON review FOR SELECT TO PUBLIC USING (id NOT IN (SELECT evidence_hidden()));
CREATE POLICY evidence_sign ON review FOR INSERT TO evidence_coder, evidence_adjudicator
  WITH CHECK (coder_id IN (SELECT evidence_mine()));
CREATE POLICY evidence_take_back ON review FOR UPDATE TO evidence_coder, evidence_adjudicator
  USING (coder_id IN (SELECT evidence_mine()));

ALTER TABLE challenge ENABLE ROW LEVEL SECURITY;
CREATE POLICY evidence_read ON challenge FOR SELECT TO PUBLIC USING (id NOT IN (SELECT evidence_hidden()));
CREATE POLICY evidence_add ON challenge FOR INSERT TO evidence_coder, evidence_adjudicator WITH CHECK (true);
CREATE POLICY evidence_edit ON challenge FOR UPDATE TO evidence_coder, evidence_adjudicator USING (true);

ALTER TABLE conflict ENABLE ROW LEVEL SECURITY;
CREATE POLICY evidence_read ON conflict FOR SELECT TO PUBLIC USING (id NOT IN (SELECT evidence_hidden()));
CREATE POLICY evidence_add ON conflict FOR INSERT TO evidence_coder, evidence_adjudicator WITH CHECK (true);
CREATE POLICY evidence_edit ON conflict FOR UPDATE TO evidence_coder, evidence_adjudicator USING (true);

ALTER TABLE revision ENABLE ROW LEVEL SECURITY;
CREATE POLICY evidence_read ON revision FOR SELECT TO PUBLIC USING (true);
CREATE POLICY evidence_add ON revision FOR INSERT TO evidence_coder, evidence_adjudicator WITH CHECK (digest = '');
CREATE POLICY evidence_seal ON revision FOR UPDATE TO evidence_coder, evidence_adjudicator
  USING (digest = '') WITH CHECK (digest <> '');

ALTER TABLE change ENABLE ROW LEVEL SECURITY;
CREATE POLICY evidence_read ON change FOR SELECT TO PUBLIC USING (row_id NOT IN (SELECT evidence_hidden()));
CREATE POLICY evidence_add ON change FOR INSERT TO evidence_coder, evidence_adjudicator
  WITH CHECK (EXISTS (SELECT FROM revision r WHERE r.id = revision_id AND r.digest = ''));

ALTER TABLE passage ENABLE ROW LEVEL SECURITY;
CREATE POLICY evidence_read ON passage FOR SELECT TO PUBLIC USING (record_id NOT IN (SELECT evidence_hidden()));
CREATE POLICY evidence_add ON passage FOR INSERT TO evidence_coder, evidence_adjudicator WITH CHECK (true);
CREATE POLICY evidence_remove ON passage FOR DELETE TO evidence_coder, evidence_adjudicator USING (true);

ALTER TABLE passage_index ENABLE ROW LEVEL SECURITY;
CREATE POLICY evidence_read ON passage_index FOR SELECT TO PUBLIC
  USING ((study_id, id) NOT IN (SELECT h.study_id, h.id FROM evidence_hidden_passages() h));
CREATE POLICY evidence_add ON passage_index FOR INSERT TO evidence_coder, evidence_adjudicator WITH CHECK (true);
CREATE POLICY evidence_remove ON passage_index FOR DELETE TO evidence_coder, evidence_adjudicator USING (true);
