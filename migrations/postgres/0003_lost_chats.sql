-- Chats and topics that refuse alerts: tried again after pauses that grow.
CREATE TABLE lost_chats (
  chat_id     BIGINT NOT NULL,
  thread_id   BIGINT NOT NULL DEFAULT 0,
  kind        TEXT NOT NULL CHECK (kind IN ('gone', 'silent')),
  reason      TEXT NOT NULL,               -- in Telegram's words
  lost_at     BIGINT NOT NULL,
  refused_at  BIGINT,                     -- the last time; NULL: there was a sign of life since
  refusals    BIGINT NOT NULL,            -- in a row, each after its pause
  told        BOOLEAN NOT NULL DEFAULT FALSE,  -- the admins were told
  PRIMARY KEY (chat_id, thread_id)
);
INSERT INTO lost_chats (chat_id, thread_id, kind, reason, lost_at, refused_at, refusals)
  SELECT chat_id, thread_id, 'gone', 'not known any more', gone_at, NULL, 1 FROM alert_chats
  WHERE gone_at IS NOT NULL AND chat_id < 0;
ALTER TABLE alert_chats DROP COLUMN gone_at;

-- Groups that became supergroups; the environment may still name the old ID.
CREATE TABLE migrated_chats (
  old_id  BIGINT PRIMARY KEY,
  new_id  BIGINT NOT NULL
);

-- An alert whose text Telegram refuses waits for another text, or for another version of the program.
ALTER TABLE alerts ADD COLUMN refused TEXT;

-- The customer's message that was copied, and in Telegram's words why it could not be shown.
ALTER TABLE copies ADD COLUMN source BIGINT;
ALTER TABLE copies ADD COLUMN refused TEXT;
