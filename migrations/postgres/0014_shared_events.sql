-- Who takes events from whom is counted beside the updates, too, for the list of scripts and for the screen before publishing.
-- The list is a new message, which is known by its logical number before Telegram has given it one.
ALTER TABLE script_jobs DROP CONSTRAINT script_jobs_kind_check;
ALTER TABLE script_jobs ADD CONSTRAINT script_jobs_kind_check CHECK (kind IN ('file', 'backtest', 'list', 'publish'));
ALTER TABLE script_jobs ADD COLUMN message BIGINT;
