-- What lists and figures of cases need besides the present round's times.
ALTER TABLE cases ADD COLUMN nearest_due_at BIGINT;        -- the nearest deadline of an unresolved case; lists are sorted by it
ALTER TABLE cases ADD COLUMN first_contact_due_at BIGINT;  -- of the first round, once the case was reopened
ALTER TABLE cases ADD COLUMN first_contacted_at BIGINT;    -- of the first round, once the case was reopened
-- What time still has to tell the customer.
ALTER TABLE cases ADD COLUMN tell_at BIGINT;               -- the number of the case, in a message of its own
ALTER TABLE cases ADD COLUMN closing_at BIGINT;            -- that the case is resolved
CREATE INDEX cases_listed ON cases (nearest_due_at, number) WHERE status <> 'resolved';
CREATE INDEX cases_resolved ON cases (resolved_at) WHERE status = 'resolved';
