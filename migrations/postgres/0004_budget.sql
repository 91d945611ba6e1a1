-- The budget of a group: requests for a human fold like alerts, those of strangers apart, and words that wait are joined.

ALTER TABLE alert_folds ADD COLUMN strangers BOOLEAN NOT NULL DEFAULT FALSE;   -- it lists people whom nobody knows

ALTER TABLE human_alerts ADD COLUMN fold BIGINT REFERENCES alert_folds (id);
ALTER TABLE human_alerts ADD COLUMN stranger BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE human_alerts ADD COLUMN created_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX human_alerts_fold ON human_alerts (fold) WHERE fold IS NOT NULL;
CREATE INDEX human_alerts_told ON human_alerts (chat_id, created_at);
DROP INDEX human_alerts_chat;

-- A group is one budget, however many topics it has.
CREATE INDEX alerts_told ON alerts (chat_id, created_at);
DROP INDEX alerts_chat;
CREATE INDEX alerts_fold ON alerts (fold) WHERE fold IS NOT NULL;

-- Which of a customer's messages a message of ours shows: one, or several that waited together.
CREATE TABLE copy_parts (
  person      BIGINT NOT NULL REFERENCES persons (id),
  message_id  BIGINT NOT NULL,
  message     BIGINT NOT NULL REFERENCES messages (id),
  PRIMARY KEY (person, message_id, message)
);
CREATE INDEX copy_parts_message ON copy_parts (message);

-- Lanes by now: 0 answers, 1 alerts, 2 surveys, 3 digests, 4 words, 5 rings, 6 folds, 7 edits of alerts, 8 clean-up.
CREATE INDEX outbox_words ON outbox (chat_id, id) WHERE lane = 4;
CREATE INDEX outbox_rings ON outbox (alert) WHERE lane = 5;
