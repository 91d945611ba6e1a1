-- Cases: one trouble of one person about one subject, with an owner and two deadlines. Numbers are drawn from the counter.
CREATE TABLE cases (
  number                 INTEGER PRIMARY KEY,
  key                    TEXT,             -- person, customer and subject: what happens about them joins the unresolved case
  person                 INTEGER REFERENCES persons (id),    -- the chat it is talked in; NULL: erased
  customer               INTEGER REFERENCES customers (id),  -- NULL: a stranger
  event                  INTEGER REFERENCES events (id),     -- the first one; agent, team and store are its
  subject_id             TEXT,
  subject_title          TEXT,
  subject_url            TEXT,
  source                 TEXT NOT NULL CHECK (source IN ('score', 'human', 'message')),
  test                   INTEGER NOT NULL DEFAULT 0,
  severity               TEXT NOT NULL CHECK (severity IN ('minor', 'normal', 'urgent')),
  category               TEXT NOT NULL,
  status                 TEXT NOT NULL CHECK (status IN ('open', 'taken', 'waiting_for_customer', 'resolved')),
  owner                  INTEGER,          -- a Telegram user ID
  cause                  TEXT,
  resolved_by            INTEGER,          -- NULL: the program
  note                   TEXT,
  reopened               INTEGER NOT NULL DEFAULT 0,
  snoozed                INTEGER NOT NULL DEFAULT 0,  -- how many times in this round
  turn                   INTEGER NOT NULL DEFAULT 0,  -- grows with every act; a button of another turn may be stale
  revision               INTEGER NOT NULL DEFAULT 1,
  position               INTEGER NOT NULL, -- in the order of changes: moves to the end with each
  contacted_how          TEXT CHECK (contacted_how IN ('reply', 'otherwise')),
  contact_in_time        INTEGER,          -- these three outlive times that are cut to days
  resolve_in_time        INTEGER,
  resolve_s              INTEGER,
  home_chat              INTEGER,          -- where the owner took it
  home_topic             INTEGER,
  opened_at              INTEGER NOT NULL,
  round_at               INTEGER NOT NULL, -- when the clocks began: at the opening, or at the last reopening
  contact_due_at         INTEGER,
  contacted_at           INTEGER,          -- in this round
  resolve_due_at         INTEGER,
  resolve_first_due_at   INTEGER,          -- before anybody snoozed it
  resolved_at            INTEGER,
  told_at                INTEGER,          -- the customer knows the number
  promised_at            INTEGER,          -- by when they were promised a reply
  late_told_at           INTEGER,          -- the broken promise was owned up to
  waiting_since          INTEGER,
  left_ms                INTEGER,          -- of the time to resolve, while it waits for the customer
  snoozed_until          INTEGER,
  afterword_at           INTEGER,          -- words came after it was resolved, and nobody has dealt with them
  last_in_at             INTEGER,          -- the customer's last words
  last_out_at            INTEGER,          -- the leads' last words
  contact_warned_at      INTEGER,
  contact_escalated_at   INTEGER,
  resolve_warned_at      INTEGER,
  resolve_escalated_at   INTEGER,
  next_at                INTEGER           -- when time next has something to do
) STRICT;
CREATE UNIQUE INDEX cases_key ON cases (key) WHERE status <> 'resolved';
CREATE INDEX cases_next ON cases (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX cases_owner ON cases (owner) WHERE status <> 'resolved';
CREATE INDEX cases_event ON cases (event) WHERE event IS NOT NULL;
CREATE INDEX cases_customer ON cases (customer) WHERE customer IS NOT NULL;
CREATE INDEX cases_person ON cases (person) WHERE person IS NOT NULL;
CREATE INDEX cases_due ON cases (status, resolve_due_at) WHERE status <> 'resolved';
CREATE UNIQUE INDEX cases_position ON cases (position);
INSERT INTO counters (name, value) VALUES ('case_number', 100);

-- The surveys of a case; a survey belongs to one case for ever.
CREATE TABLE case_surveys (
  survey       INTEGER PRIMARY KEY REFERENCES surveys (id),
  case_number  INTEGER NOT NULL REFERENCES cases (number),
  how          TEXT NOT NULL CHECK (how IN ('opened', 'joined', 'recovery'))
) STRICT;
CREATE INDEX case_surveys_case ON case_surveys (case_number);

-- What was done with a case. Steps are only appended.
CREATE TABLE case_steps (
  id           INTEGER PRIMARY KEY,
  case_number  INTEGER NOT NULL REFERENCES cases (number),
  kind         TEXT NOT NULL,
  actor        INTEGER,                -- a Telegram user ID of the staff; NULL: the customer, or the program
  at           INTEGER NOT NULL,
  detail       TEXT,                   -- a word of ours: a severity, a cause
  words        TEXT
) STRICT;
CREATE INDEX case_steps_case ON case_steps (case_number);

-- What customers and leads say to each other.
CREATE TABLE case_messages (
  id           INTEGER PRIMARY KEY,
  case_number  INTEGER NOT NULL REFERENCES cases (number),
  side         TEXT NOT NULL CHECK (side IN ('customer', 'staff')),
  person       INTEGER NOT NULL,       -- the author
  chat_id      INTEGER NOT NULL,       -- where it was written
  message_id   INTEGER NOT NULL,
  media_group  TEXT,
  kind         TEXT,                   -- of the attachment
  text         TEXT,
  file_id      TEXT,
  file_size    INTEGER,
  reply_to     INTEGER REFERENCES case_messages (id),
  state        TEXT NOT NULL CHECK (state IN ('kept', 'waiting', 'delivered', 'undeliverable', 'taken_back', 'held', 'dropped')),
  reason       TEXT,                   -- why it could not be delivered
  written_at   INTEGER NOT NULL,
  settled_at   INTEGER,                -- when it entered its state
  copy         INTEGER REFERENCES messages (id),  -- the customer's copy of a lead's message
  UNIQUE (chat_id, message_id)
) STRICT;
CREATE INDEX case_messages_case ON case_messages (case_number);
CREATE INDEX case_messages_copy ON case_messages (copy) WHERE copy IS NOT NULL;

-- A question that waits for somebody's words, or the first of two taps.
CREATE TABLE case_prompts (
  chat_id      INTEGER NOT NULL,
  person       INTEGER NOT NULL,
  kind         TEXT NOT NULL,
  case_number  INTEGER NOT NULL REFERENCES cases (number),
  argument     TEXT,
  message      INTEGER REFERENCES messages (id),   -- the question, to be deleted
  expires_at   INTEGER NOT NULL,
  PRIMARY KEY (chat_id, person, kind)
) STRICT;
CREATE INDEX case_prompts_case ON case_prompts (case_number);
CREATE INDEX case_prompts_expiring ON case_prompts (expires_at);

-- Alerts become the posts of cases. A survey that was alerted before has no case until something new happens in it.
CREATE TABLE case_posts (
  id            INTEGER PRIMARY KEY,
  case_number   INTEGER REFERENCES cases (number),
  kind          TEXT NOT NULL DEFAULT 'post' CHECK (kind IN ('post', 'card', 'words', 'notice', 'prompt')),
  survey        INTEGER REFERENCES surveys (id),   -- whose answers the post shows
  case_message  INTEGER REFERENCES case_messages (id),
  chat_id       INTEGER,                -- NULL: it waits for a chat
  thread_id     INTEGER NOT NULL DEFAULT 0,
  message       INTEGER REFERENCES messages (id),
  fold          INTEGER REFERENCES alert_folds (id),
  ringing       INTEGER NOT NULL DEFAULT 1,  -- a score stands at the alert level; a fall from 0 rings again
  created_at    INTEGER NOT NULL,
  refused       TEXT
) STRICT;
INSERT INTO case_posts (id, survey, chat_id, thread_id, message, fold, ringing, created_at, refused)
  SELECT id, survey, chat_id, thread_id, message, fold, ringing, created_at, refused FROM alerts;
CREATE TABLE outbox_posts (id INTEGER PRIMARY KEY, alert INTEGER NOT NULL) STRICT;
INSERT INTO outbox_posts SELECT id, alert FROM outbox WHERE alert IS NOT NULL;
UPDATE outbox SET alert = NULL WHERE alert IS NOT NULL;
DROP TABLE alerts;
ALTER TABLE case_posts RENAME TO alerts;
ALTER TABLE alerts RENAME TO case_posts;
UPDATE outbox SET alert = (SELECT p.alert FROM outbox_posts p WHERE p.id = outbox.id)
  WHERE id IN (SELECT id FROM outbox_posts);
DROP TABLE outbox_posts;
CREATE INDEX case_posts_case ON case_posts (case_number) WHERE case_number IS NOT NULL;
CREATE INDEX case_posts_survey ON case_posts (survey) WHERE survey IS NOT NULL;
CREATE INDEX case_posts_told ON case_posts (chat_id, created_at);
CREATE INDEX case_posts_fold ON case_posts (fold) WHERE fold IS NOT NULL;
CREATE INDEX case_posts_message ON case_posts (message) WHERE message IS NOT NULL;

-- A reply is found by the message that it replies to.
CREATE INDEX messages_shown ON messages (chat_id, message_id) WHERE message_id IS NOT NULL;

-- What comes to a chat.
ALTER TABLE alert_chats ADD COLUMN cases INTEGER NOT NULL DEFAULT 1;
ALTER TABLE alert_chats ADD COLUMN escalations INTEGER NOT NULL DEFAULT 0;
ALTER TABLE alert_chats ADD COLUMN night_silent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE alert_chats ADD COLUMN filters TEXT NOT NULL DEFAULT '{}';

ALTER TABLE staff ADD COLUMN shown_name TEXT;              -- to customers
ALTER TABLE persons ADD COLUMN muted_until INTEGER;        -- words outside surveys are not passed on
ALTER TABLE persons ADD COLUMN muted_by INTEGER;
ALTER TABLE surveys ADD COLUMN held_by INTEGER REFERENCES cases (number);  -- put off while they talk about a case
CREATE INDEX surveys_held_by ON surveys (held_by) WHERE held_by IS NOT NULL;

-- Cases in the journal.
ALTER TABLE journal ADD COLUMN case_number INTEGER;
ALTER TABLE journal ADD COLUMN actor INTEGER;              -- a Telegram user ID of the staff
CREATE INDEX journal_case ON journal (case_number) WHERE case_number IS NOT NULL;
