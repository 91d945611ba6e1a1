-- A bad score looks for the last case about the same, and most cases are resolved.
CREATE INDEX cases_by_key ON cases (key, resolved_at) WHERE key IS NOT NULL;
-- Lists of cases say how many there are.
CREATE INDEX cases_by_status ON cases (status, test);
