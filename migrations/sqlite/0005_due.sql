-- What cannot go now is not looked at: surveys of a paused script, and those whose person has an open one.
ALTER TABLE surveys ADD COLUMN waits_for INTEGER REFERENCES surveys (id);  -- due, and its person has this one open
ALTER TABLE surveys ADD COLUMN holds_up INTEGER NOT NULL DEFAULT 0;        -- others may wait for this one

DROP INDEX surveys_due;
CREATE INDEX surveys_due ON surveys (script, due_at)
  WHERE state = 'scheduled' AND test = FALSE AND waits_for IS NULL;
CREATE INDEX surveys_due_tests ON surveys (due_at) WHERE state = 'scheduled' AND test = TRUE;
CREATE INDEX surveys_stale ON surveys (stale_at) WHERE state = 'scheduled' AND test = FALSE;
CREATE INDEX surveys_held ON surveys (waits_for) WHERE waits_for IS NOT NULL;
CREATE INDEX surveys_letting_go ON surveys (id)
  WHERE holds_up = TRUE AND (ended_at IS NOT NULL OR person IS NULL);

-- What fills the sender's room.
CREATE INDEX outbox_surveys ON outbox (first, chat_id) WHERE lane = 2;

-- Events that still have details, in the order in which they grow old.
CREATE INDEX events_aged ON events (received_at) WHERE body <> '{}';
DELETE FROM counters WHERE name = 'retention';

-- A silence of ours after which open surveys are being shown again: when it ended (0: none), and how far that has come,
-- in the order in which they expire.
INSERT INTO counters (name, value) VALUES ('silence_ended_at', 0), ('silence_done_up_to', 0);
