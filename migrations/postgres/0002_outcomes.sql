-- Nobody knows what came of the last call for this message: its answer was lost at this moment.
ALTER TABLE outbox ADD COLUMN unknown_at BIGINT;
CREATE INDEX outbox_unknown ON outbox (unknown_at) WHERE unknown_at IS NOT NULL;
CREATE INDEX outbox_invitations ON outbox (survey) WHERE first = TRUE;

-- The customer stopped the survey, or was erased, while its invitation was under way: the call's outcome says how it ends.
ALTER TABLE surveys ADD COLUMN stopped_at BIGINT;
