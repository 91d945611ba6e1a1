-- What we write to other systems because of a survey: the message that brings a customer the personal link, and the note with
-- the answers in the helpdesk. At most one of a kind for a survey.
CREATE TABLE write_backs (
  survey     BIGINT NOT NULL REFERENCES surveys (id),
  kind       TEXT NOT NULL,               -- link: the message to the customer; score: the note
  way        TEXT NOT NULL CHECK (way IN ('email', 'sms', 'helpdesk')),
  host       TEXT NOT NULL,               -- the server that is called: one call at a time
  state      TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'skipped', 'failed')),
  reason     TEXT,                        -- why it was skipped or failed; holds nothing of the customer
  next_at    BIGINT NOT NULL,            -- when it is judged next
  attempts   BIGINT NOT NULL DEFAULT 0,
  recipient  TEXT,                        -- a keyed hash of the address that it went to
  token      TEXT UNIQUE,                 -- by which the recipient unsubscribes
  sent_at    BIGINT,                     -- from the moment of the call on
  PRIMARY KEY (survey, kind)
);
CREATE INDEX write_backs_waiting ON write_backs (host, next_at) WHERE state = 'waiting';
CREATE INDEX write_backs_sending ON write_backs (survey) WHERE state = 'sending';
CREATE INDEX write_backs_sent ON write_backs (sent_at) WHERE sent_at IS NOT NULL;
CREATE INDEX write_backs_recipient ON write_backs (recipient, sent_at) WHERE recipient IS NOT NULL;

-- Who wants no such messages: keyed hashes of customers' IDs and addresses. They outlive an erasing.
CREATE TABLE unsubscribed (
  recipient  TEXT PRIMARY KEY,
  at         BIGINT NOT NULL
);
