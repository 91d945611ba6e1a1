-- The numbers of an event that figures count. They stay when the event's details go.
ALTER TABLE events ADD COLUMN first_response_s INTEGER;
ALTER TABLE events ADD COLUMN resolution_s INTEGER;
ALTER TABLE events ADD COLUMN messages INTEGER;
ALTER TABLE events ADD COLUMN reopened INTEGER;
ALTER TABLE events ADD COLUMN sla_breached INTEGER;
ALTER TABLE events ADD COLUMN first_contact_resolution INTEGER;
UPDATE events SET
  first_response_s = json_extract(body, '$.metrics.first_response_s'),
  resolution_s = json_extract(body, '$.metrics.resolution_s'),
  messages = json_extract(body, '$.metrics.messages'),
  reopened = json_extract(body, '$.metrics.reopened'),
  sla_breached = json_extract(body, '$.metrics.sla_breached'),
  first_contact_resolution = json_extract(body, '$.metrics.first_contact_resolution')
WHERE body LIKE '%"metrics":{%';

-- Figures take events by day.
CREATE INDEX events_occurred ON events (occurred_at);

-- Surveys as figures count them: one blob for each column and day. Made from the other tables, and made again whenever
-- that is easier than to change it.
CREATE TABLE segments (
  id    INTEGER PRIMARY KEY,             -- the column's number × 2^20, and the day's: a column is read as one range of keys
  data  BLOB NOT NULL
) STRICT;
CREATE TABLE segment_days (
  day         INTEGER PRIMARY KEY,       -- since 1970-01-01, in the installation's time zone
  stamp       INTEGER NOT NULL,          -- of the fold that wrote it last
  surveys     INTEGER NOT NULL,
  bytes       INTEGER NOT NULL,
  checked_at  INTEGER                    -- when it was last compared with the rows
) STRICT;
-- Surveys of which something that is counted has changed, and the journal says nothing of it.
CREATE TABLE segment_marks (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  survey  INTEGER NOT NULL REFERENCES surveys (id)
) STRICT;
-- Numbers for the texts in segments. A number is never used again; a text that may name a person goes when no segment has it.
CREATE TABLE segment_words (
  kind  TEXT NOT NULL,
  code  INTEGER NOT NULL,
  text  TEXT,
  PRIMARY KEY (kind, code)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX segment_words_text ON segment_words (kind, text);
INSERT INTO counters (name, value) VALUES
  ('segments_position', 0),              -- everything up to here in the journal is in the segments
  ('segments_built', 1048576),           -- the first day that has been built from the rows
  ('segments_stamp', 0),                 -- grows with every write
  ('segments_layout', 0);                -- of the form and the time zone in which they were written

-- The steps of tickets. An event loses its subject with its details; the steps of a ticket still belong together.
CREATE TABLE ticket_steps (
  event   INTEGER PRIMARY KEY REFERENCES events (id),
  ticket  INTEGER NOT NULL,              -- a keyed hash of customer and subject; below 0: of an erased customer
  step    TEXT NOT NULL CHECK (step IN ('opened', 'reopened', 'closed')),
  at      INTEGER NOT NULL
) STRICT;
CREATE INDEX ticket_steps_ticket ON ticket_steps (ticket);
