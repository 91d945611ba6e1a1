-- Who takes events from whom is counted beside the updates, too, for the list of scripts and for the screen before publishing.
-- The list is a new message, which is known by its logical number before Telegram has given it one.
CREATE TABLE script_jobs_next (
  id          INTEGER PRIMARY KEY,
  kind        TEXT NOT NULL CHECK (kind IN ('file', 'backtest', 'list', 'publish')),
  person      INTEGER NOT NULL,
  message_id  INTEGER NOT NULL,            -- 0 where the message is known by its logical number only
  slug        TEXT,
  file_id     TEXT,
  file_name   TEXT,
  asked_at    INTEGER NOT NULL,
  message     INTEGER
) STRICT;
INSERT INTO script_jobs_next (id, kind, person, message_id, slug, file_id, file_name, asked_at)
  SELECT id, kind, person, message_id, slug, file_id, file_name, asked_at FROM script_jobs;
DROP TABLE script_jobs;
ALTER TABLE script_jobs_next RENAME TO script_jobs;
