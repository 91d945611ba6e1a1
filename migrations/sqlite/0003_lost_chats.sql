-- Chats and topics that refuse alerts: tried again after pauses that grow.
CREATE TABLE lost_chats (
  chat_id     INTEGER NOT NULL,
  thread_id   INTEGER NOT NULL DEFAULT 0,
  kind        TEXT NOT NULL CHECK (kind IN ('gone', 'silent')),
  reason      TEXT NOT NULL,               -- in Telegram's words
  lost_at     INTEGER NOT NULL,
  refused_at  INTEGER,                     -- the last time; NULL: there was a sign of life since
  refusals    INTEGER NOT NULL,            -- in a row, each after its pause
  told        INTEGER NOT NULL DEFAULT 0,  -- the admins were told
  PRIMARY KEY (chat_id, thread_id)
) STRICT;
INSERT INTO lost_chats (chat_id, thread_id, kind, reason, lost_at, refused_at, refusals)
  SELECT chat_id, thread_id, 'gone', 'not known any more', gone_at, NULL, 1 FROM alert_chats
  WHERE gone_at IS NOT NULL AND chat_id < 0;
ALTER TABLE alert_chats DROP COLUMN gone_at;

-- Groups that became supergroups; the environment may still name the old ID.
CREATE TABLE migrated_chats (
  old_id  INTEGER PRIMARY KEY,
  new_id  INTEGER NOT NULL
) STRICT;

-- An alert whose text Telegram refuses waits for another text, or for another version of the program.
ALTER TABLE alerts ADD COLUMN refused TEXT;

-- The customer's message that was copied, and in Telegram's words why it could not be shown.
ALTER TABLE copies ADD COLUMN source INTEGER;
ALTER TABLE copies ADD COLUMN refused TEXT;
