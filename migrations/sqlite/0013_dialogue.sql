-- The customer has written: once they pause, the dialogue goes on below their words.
ALTER TABLE surveys ADD COLUMN go_on_at INTEGER;
CREATE INDEX surveys_going_on ON surveys (go_on_at) WHERE go_on_at IS NOT NULL;
