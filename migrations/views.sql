-- The ledger as a tool for databases shows it: views with plain names, in a ledger that is a file.
--
-- They hold no evidence: the program never asks them, makes them anew whenever it makes or upgrades a schema, and takes
-- them away before a migration, which may rename what they name. So there is one version of them, the newest, and no
-- migration carries its own. What is retired is left out; so is the code of a blind round before it is frozen.

CREATE VIEW cases_coded AS
-- Each case with the code that stands for the study, on each variable; cases without a code have one row.
WITH ranked AS (
    SELECT n.*, row_number() OVER (
        PARTITION BY study, "case", variable
        ORDER BY CASE round WHEN 'adjudicated' THEN 0 WHEN 'open' THEN 1 ELSE 2 END, decided_at DESC, decision DESC
    ) AS place
    FROM decisions_now n
    WHERE round <> 'published elsewhere' AND settled_by IS NULL
)
SELECT
    s.key AS study, c.key AS "case", c.title, c.start AS began, c."end" AS ended, c.status,
    r.variable, r.code, r.label, r.confidence, r.coder, r.decided_at, r.decision
FROM "case" c
JOIN study s ON s.id = c.study_id
LEFT JOIN ranked r ON r.study = s.key AND r."case" = c.key AND r.place = 1
WHERE c.retired_at IS NULL;

CREATE VIEW decisions_all AS
-- Every code ever given, with its reasons; superseded_by and settled_by say what took its place.
WITH known AS (
    SELECT d.* FROM decision d
    WHERE d.retired_at IS NULL AND (
        d.round <> 'blind' OR d.coding_round_id IS NULL
        OR d.coding_round_id IN (SELECT id FROM coding_round WHERE frozen_at IS NOT NULL)
    )
), later AS (
    SELECT supersedes_id AS id, min(key) AS key FROM known WHERE supersedes_id IS NOT NULL GROUP BY supersedes_id
), settled AS (
    SELECT a.adjudicated_id AS id, min(k.key) AS key FROM decision_adjudicated a
    JOIN known k ON k.id = a.decision_id
    WHERE a.retired_at IS NULL AND k.id NOT IN (SELECT id FROM later)
    GROUP BY a.adjudicated_id
)
SELECT
    s.key AS study, c.key AS "case", v.key AS variable, d.value AS code,
    (
        SELECT json_extract(l.value, '$.label') FROM json_each(w.levels) l
        WHERE json_extract(l.value, '$.value') = d.value
    ) AS label,
    d.rule_value AS code_by_rule, d.confidence, p.key AS coder, d.round, d.decided_at, w.version AS scheme_version,
    d.rationale, d.override_reason, d.counter_evidence, d.counterfactual, d.alternative, d.alternative_reason,
    g.key AS coding_round, later.key AS superseded_by, settled.key AS settled_by, d.key AS decision
FROM known d
JOIN study s ON s.id = d.study_id
JOIN "case" c ON c.id = d.case_id
JOIN variable_version w ON w.id = d.variable_version_id
JOIN variable v ON v.id = w.variable_id
JOIN coder p ON p.id = d.coder_id
LEFT JOIN coding_round g ON g.id = d.coding_round_id
LEFT JOIN later ON later.id = d.id
LEFT JOIN settled ON settled.id = d.id;

CREATE VIEW decisions_now AS
-- The codes that nothing has superseded, of coders and of publications.
SELECT
    study, "case", variable, code, label, code_by_rule, confidence, coder, round, decided_at, scheme_version, rationale,
    override_reason, counter_evidence, counterfactual, alternative, alternative_reason, coding_round, settled_by, decision
FROM decisions_all
WHERE superseded_by IS NULL;

CREATE VIEW evidence_chain AS
-- From each code that stands down to the archive: test, what was brought to it, quote, source. A row for each path.
SELECT
    n.study, n."case", n.variable, n.code, n.coder, t.key AS test, t.kind, t.result, h.key AS hypothesis,
    b.direction, o.key AS observation, o.proposition, f.key AS search, f.question AS searched_for, f.hits,
    q.key AS quote, q.words, q.state AS verified, e.key AS source, e.title AS source_title, n.decision
FROM decisions_now n
JOIN study s ON s.key = n.study
JOIN decision d ON d.study_id = s.id AND d.key = n.decision
LEFT JOIN decision_test r ON r.study_id = d.study_id AND r.decision_id = d.id AND r.retired_at IS NULL
LEFT JOIN test t ON t.id = r.test_id AND t.retired_at IS NULL
LEFT JOIN hypothesis h ON h.id = t.hypothesis_id
LEFT JOIN bearing b ON b.study_id = t.study_id AND b.test_id = t.id AND b.retired_at IS NULL
LEFT JOIN observation o ON o.id = b.observation_id AND o.retired_at IS NULL
LEFT JOIN search f ON f.id = b.search_id AND f.retired_at IS NULL
LEFT JOIN observation_quote l ON l.study_id = o.study_id AND l.observation_id = o.id AND l.retired_at IS NULL
LEFT JOIN quote q ON q.id = l.quote_id AND q.retired_at IS NULL
LEFT JOIN source e ON e.id = q.source_id;

CREATE VIEW quotes_with_sources AS
-- Every quote with its document, its place in it, and whether its words were found there.
SELECT
    s.key AS study, q.key AS quote, q.words, q.translation, q.locator AS place, q.state AS verified,
    q.verified_edition AS verified_in, e.key AS source, e.title AS source_title, e.repository, e.collection,
    e.record_group, e.series, e.box, e.folder, e.item, e.frame, json_extract(e.csl, '$.URL') AS url, e.tier, e.access,
    e.rights, q.note
FROM quote q
JOIN source e ON e.id = q.source_id
JOIN study s ON s.id = q.study_id
WHERE q.retired_at IS NULL;

CREATE VIEW sources_used AS
-- Every source, with how much rests on it: quotes, observations, tests, cases.
SELECT
    s.key AS study, e.key AS source, e.title, e.type, e.tier, e.repository, e.access, e.rights,
    json_extract(e.csl, '$.URL') AS url, count(DISTINCT q.id) AS quotes, count(DISTINCT o.id) AS observations,
    count(DISTINCT t.id) AS tests, count(DISTINCT coalesce(t.case_id, o.case_id)) AS cases
FROM source e
JOIN study s ON s.id = e.study_id
LEFT JOIN quote q ON q.study_id = e.study_id AND q.source_id = e.id AND q.retired_at IS NULL
LEFT JOIN observation_quote l ON l.study_id = q.study_id AND l.quote_id = q.id AND l.retired_at IS NULL
LEFT JOIN observation o ON o.id = l.observation_id AND o.retired_at IS NULL
LEFT JOIN bearing b ON b.study_id = o.study_id AND b.observation_id = o.id AND b.retired_at IS NULL
LEFT JOIN test t ON t.id = b.test_id AND t.retired_at IS NULL
WHERE e.retired_at IS NULL
GROUP BY e.id;

CREATE VIEW observations_with_quotes AS
-- What was observed, apart from what is inferred from it, with the quotes that it rests on. A row for each quote.
SELECT
    s.key AS study, c.key AS "case", o.key AS observation, o.proposition, o.inference, o.speaker, o.occurred, o.lineage,
    q.key AS quote, q.words, e.key AS source, e.title AS source_title, o.first_seen_at, o.note
FROM observation o
JOIN study s ON s.id = o.study_id
LEFT JOIN "case" c ON c.id = o.case_id
LEFT JOIN observation_quote l ON l.study_id = o.study_id AND l.observation_id = o.id AND l.retired_at IS NULL
LEFT JOIN quote q ON q.id = l.quote_id AND q.retired_at IS NULL
LEFT JOIN source e ON e.id = q.source_id
WHERE o.retired_at IS NULL;

CREATE VIEW tests_with_results AS
-- Every test: what it predicted, against which rival, how it came out, and how much was brought to it.
SELECT
    s.key AS study, c.key AS "case", t.key AS test, t.kind, t.result, h.key AS hypothesis, h.statement,
    r.key AS rival, r.statement AS rival_statement, t.prediction, t.if_false, t.p_hypothesis, t.p_rival,
    (
        SELECT count(*) FROM bearing b
        WHERE b.study_id = t.study_id AND b.test_id = t.id AND b.retired_at IS NULL AND b.observation_id IS NOT NULL
    ) AS observations,
    (
        SELECT count(*) FROM bearing b
        WHERE b.study_id = t.study_id AND b.test_id = t.id AND b.retired_at IS NULL AND b.search_id IS NOT NULL
    ) AS searches,
    t.declared_at, t.resolved_at, t.note
FROM test t
JOIN study s ON s.id = t.study_id
JOIN "case" c ON c.id = t.case_id
JOIN hypothesis h ON h.id = t.hypothesis_id
JOIN hypothesis r ON r.id = t.rival_id
WHERE t.retired_at IS NULL;

CREATE VIEW searches_made AS
-- Where was looked, what for, and what came of it, also when nothing was there.
SELECT
    s.key AS study, c.key AS "case", f.key AS search, f.question, f.corpus, f.terms, f.period, f.coverage, f.gaps,
    f.sensitivity, f.hits, f.found, f.status, p.key AS coder, f.searched_on
FROM search f
JOIN study s ON s.id = f.study_id
LEFT JOIN "case" c ON c.id = f.case_id
LEFT JOIN coder p ON p.id = f.coder_id
WHERE f.retired_at IS NULL;

CREATE VIEW participants AS
-- The states in each case: side, spell, role, and each state's own hostility.
SELECT
    s.key AS study, c.key AS "case", c.title, a.key AS actor, a.name AS actor_name, p.side, p.spell, p.role,
    p.start AS began, p."end" AS ended, p.hostility, p.action
FROM participation p
JOIN study s ON s.id = p.study_id
JOIN "case" c ON c.id = p.case_id
JOIN actor a ON a.id = p.actor_id
WHERE p.retired_at IS NULL AND c.retired_at IS NULL;

CREATE VIEW signatures AS
-- Who signed what, when, with which verdict.
SELECT
    s.key AS study, v.noun,
    CASE v.noun
        WHEN 'case' THEN (SELECT key FROM "case" WHERE id = v.subject_id)
        WHEN 'quote' THEN (SELECT key FROM quote WHERE id = v.subject_id)
        WHEN 'test' THEN (SELECT key FROM test WHERE id = v.subject_id)
        WHEN 'decision' THEN d.decision
    END AS signed,
    p.key AS coder, v.verdict, v.note, v.reviewed_at
FROM review v
JOIN study s ON s.id = v.study_id
JOIN coder p ON p.id = v.coder_id
LEFT JOIN decision k ON v.noun = 'decision' AND k.id = v.subject_id
LEFT JOIN decisions_all d ON d.study = s.key AND d.decision = k.key
WHERE v.retired_at IS NULL AND (v.noun <> 'decision' OR d.decision IS NOT NULL);

CREATE VIEW revisions_made AS
-- The history: who changed how much, when and why.
SELECT
    s.key AS study, r.number, r.made_at, r.author, r.message,
    (SELECT count(*) FROM change c WHERE c.study_id = r.study_id AND c.revision_id = r.id) AS changes, r.digest
FROM revision r
JOIN study s ON s.id = r.study_id;
