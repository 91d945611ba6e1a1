-- The customer has written: once they pause, the dialogue goes on below their words.
ALTER TABLE surveys ADD COLUMN go_on_at INTEGER;
CREATE INDEX surveys_going_on ON surveys (go_on_at) WHERE go_on_at IS NOT NULL;

-- The answers of a completed survey can be changed by a button, until it would have expired. Of surveys from before, the
-- button goes that could still be tapped when something last happened here.
ALTER TABLE surveys ADD COLUMN changeable INTEGER NOT NULL DEFAULT 0;
CREATE INDEX surveys_changeable ON surveys (expires_at) WHERE changeable = TRUE;
UPDATE surveys SET changeable = TRUE
  WHERE state = 'completed' AND expires_at > (SELECT MAX(at) FROM journal);

-- A survey that was stopped by its button can be continued until then.
ALTER TABLE surveys ADD COLUMN continue_until INTEGER;
CREATE INDEX surveys_continuing ON surveys (continue_until) WHERE continue_until IS NOT NULL;
