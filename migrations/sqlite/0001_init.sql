-- Times are whole milliseconds UTC. Integer keys stay inside; what leaves the program has an opaque ID of its own.

-- One Telegram user; in a private chat the chat's ID is the user's.
CREATE TABLE persons (
  id                 INTEGER PRIMARY KEY,
  first_name         TEXT,
  language_code      TEXT,             -- as Telegram last said
  chosen_language    TEXT,             -- as the person chose; wins
  started_at         INTEGER,          -- first /start or word: from here on the bot may write
  opted_out_at       INTEGER,          -- /stop; only the person's own "resume" clears it
  unreachable        TEXT CHECK (unreachable IN ('blocked', 'deactivated', 'cant_initiate', 'chat_not_found')),
  unreachable_at     INTEGER,
  phone              TEXT,             -- digits; their own contact, shared with consent
  phone_consent_at   INTEGER,
  phone_asked_at     INTEGER,           -- the button that shares it stands under the input field
  last_sent_at       INTEGER           -- the last survey; the throttle's gap runs from here
) STRICT;
CREATE INDEX persons_phone ON persons (phone) WHERE phone IS NOT NULL;

CREATE TABLE customers (
  id            INTEGER PRIMARY KEY,             -- given by the writer, of whom there is one at a time
  customer_id   TEXT NOT NULL UNIQUE,
  name          TEXT,
  language      TEXT,
  time_zone     TEXT,
  phone         TEXT,                  -- digits
  described_at  INTEGER NOT NULL,      -- occurred_at of the event whose description holds; newer ones may have said the same
  person        INTEGER REFERENCES persons (id),
  linked_by     TEXT CHECK (linked_by IN ('link', 'phone', 'telegram_id')),
  linked_at     INTEGER
) STRICT;
CREATE INDEX customers_person ON customers (person) WHERE person IS NOT NULL;
CREATE INDEX customers_phone ON customers (phone) WHERE phone IS NOT NULL;

-- Personal deep links; the first tap binds.
CREATE TABLE links (
  id          INTEGER PRIMARY KEY,
  token       TEXT NOT NULL UNIQUE,
  customer    INTEGER NOT NULL REFERENCES customers (id),
  created_at  INTEGER NOT NULL,
  expires_at  INTEGER NOT NULL,
  person      INTEGER REFERENCES persons (id),
  bound_at    INTEGER
) STRICT;
CREATE INDEX links_customer ON links (customer);
CREATE INDEX links_person ON links (person) WHERE person IS NOT NULL;

CREATE TABLE events (
  id           INTEGER PRIMARY KEY,             -- given by the writer, of whom there is one at a time
  event_id     TEXT NOT NULL UNIQUE,
  kind         TEXT NOT NULL,
  occurred_at  INTEGER NOT NULL,
  received_at  INTEGER NOT NULL,
  customer     INTEGER NOT NULL REFERENCES customers (id),
  test         INTEGER NOT NULL DEFAULT 0,
  subject_id   TEXT,
  agent_id     TEXT,
  agent_name   TEXT,
  agent_since  TEXT,
  team         TEXT,
  automation   TEXT,
  store        TEXT,
  channel      TEXT,
  tags         TEXT NOT NULL DEFAULT '',   -- joined by |
  segments     TEXT NOT NULL DEFAULT '',   -- joined by |
  body         TEXT NOT NULL               -- the whole event, as normalised JSON
) STRICT;
CREATE INDEX events_customer ON events (customer, subject_id);

-- Published versions are immutable.
CREATE TABLE scripts (
  id            INTEGER PRIMARY KEY,
  slug          TEXT NOT NULL,
  version       INTEGER NOT NULL,
  source        TEXT NOT NULL,
  published_at  INTEGER NOT NULL,
  UNIQUE (slug, version)
) STRICT;

CREATE TABLE script_states (
  slug          TEXT PRIMARY KEY,
  live_version  INTEGER NOT NULL,
  paused_at     INTEGER
) STRICT;

-- Scripts that ask nobody until they are published.
CREATE TABLE script_drafts (
  slug      TEXT PRIMARY KEY,
  source    TEXT NOT NULL,
  revision  INTEGER NOT NULL,              -- never the same twice: a button of another one is stale
  saved_at  INTEGER NOT NULL,
  saved_by  INTEGER                        -- a Telegram user ID; NULL: from a shell, or shipped
) STRICT;

-- Where an admin stands in the editor: what their next words are for.
CREATE TABLE script_desks (
  person      INTEGER PRIMARY KEY,
  slug        TEXT NOT NULL,
  revision    INTEGER NOT NULL,
  message     INTEGER NOT NULL,            -- the logical message with the buttons; 0: none is waited for
  awaits      TEXT,                        -- a prompt's code, or NULL
  preview     TEXT,                        -- the language and the moves made so far
  touched_at  INTEGER NOT NULL
) STRICT;

-- What takes longer than an update may, or needs Telegram: done beside, one after the other.
CREATE TABLE script_jobs (
  id          INTEGER PRIMARY KEY,
  kind        TEXT NOT NULL CHECK (kind IN ('file', 'backtest')),
  person      INTEGER NOT NULL,
  message_id  INTEGER NOT NULL,
  slug        TEXT,
  file_id     TEXT,
  file_name   TEXT,
  asked_at    INTEGER NOT NULL
) STRICT;

-- What admins set for the whole program; the environment comes before it.
CREATE TABLE settings (
  name   TEXT PRIMARY KEY,
  value  TEXT NOT NULL
) STRICT;

-- Counters that a running program compares with what it has in memory.
CREATE TABLE counters (
  name   TEXT PRIMARY KEY,
  value  INTEGER NOT NULL
) STRICT;
INSERT INTO counters (name, value) VALUES
  ('scripts', 0), ('api_keys', 0), ('answers', 0), ('erasures', 0), ('drafts', 0),
  ('retention', 0);                      -- the last event of which nothing is left but what stays

-- Keys for the HTTP API. The key itself is shown once and kept nowhere; it is random enough for a plain hash.
CREATE TABLE api_keys (
  id          INTEGER PRIMARY KEY,
  name        TEXT NOT NULL,
  hash        TEXT NOT NULL UNIQUE,      -- SHA-256, hexadecimal
  scope       TEXT NOT NULL CHECK (scope IN ('events', 'read', 'admin')),
  created_at  INTEGER NOT NULL,
  revoked_at  INTEGER
) STRICT;
CREATE UNIQUE INDEX api_keys_name ON api_keys (name) WHERE revoked_at IS NULL;

-- A message of ours in a chat, known by our key before Telegram has given it an ID.
CREATE TABLE messages (
  id          INTEGER PRIMARY KEY,
  chat_id     INTEGER NOT NULL,
  thread_id   INTEGER NOT NULL DEFAULT 0,
  message_id  INTEGER
) STRICT;
CREATE INDEX messages_chat ON messages (chat_id);

-- One invitation of one customer for one event. It has exactly one state.
CREATE TABLE surveys (
  id              INTEGER PRIMARY KEY REFERENCES events (id),   -- an event leads to one survey at most
  survey_id       TEXT NOT NULL UNIQUE,
  test            INTEGER NOT NULL DEFAULT 0,
  script          TEXT,
  script_version  INTEGER,               -- pinned when claimed
  state           TEXT NOT NULL,
  reason          TEXT,
  due_at          INTEGER,
  stale_at        INTEGER,               -- occurred_at + max_age
  person          INTEGER REFERENCES persons (id),   -- pinned when claimed
  locale          TEXT,
  turn            INTEGER NOT NULL DEFAULT 0,        -- grows with every step; a button of another turn is stale
  step            TEXT,
  message         INTEGER REFERENCES messages (id),
  sent_at         INTEGER,
  started_at      INTEGER,
  completed_at    INTEGER,
  remind_at       INTEGER,               -- until somebody touches it
  reminded_at     INTEGER,
  show_again_at   INTEGER,               -- a silence of ours may have lost a tap
  repeat          INTEGER REFERENCES messages (id),  -- the present step once more, on its way to become the message
  repeat_kind     TEXT CHECK (repeat_kind IN ('reminder', 'silence', 'late')),
  expires_at      INTEGER,
  alerted         INTEGER NOT NULL DEFAULT 0,        -- there is an alert that follows its answers
  closing_at      INTEGER,               -- a completed survey ends here unless the customer goes on
  ended_at        INTEGER
) STRICT;
CREATE INDEX surveys_due ON surveys (due_at) WHERE state = 'scheduled';
CREATE INDEX surveys_waiting ON surveys (stale_at) WHERE state = 'waiting_for_link';
CREATE INDEX surveys_sending ON surveys (id) WHERE state = 'sending';
CREATE INDEX surveys_expiring ON surveys (expires_at) WHERE state IN ('sent', 'started');
CREATE INDEX surveys_reminding ON surveys (remind_at) WHERE remind_at IS NOT NULL;
CREATE INDEX surveys_showing_again ON surveys (show_again_at) WHERE show_again_at IS NOT NULL;
CREATE INDEX surveys_closing ON surveys (closing_at) WHERE closing_at IS NOT NULL AND ended_at IS NULL;
-- At most one open survey a chat, by construction.
CREATE UNIQUE INDEX surveys_open ON surveys (person) WHERE person IS NOT NULL AND ended_at IS NULL AND test = 0;
CREATE INDEX surveys_sent ON surveys (sent_at) WHERE sent_at IS NOT NULL;
CREATE INDEX surveys_person ON surveys (person) WHERE person IS NOT NULL;

-- The ledger: every transition with its time. "received" is the event's own received_at.
CREATE TABLE transitions (
  id      INTEGER PRIMARY KEY,
  survey  INTEGER NOT NULL REFERENCES surveys (id),
  state   TEXT NOT NULL,
  reason  TEXT,
  at      INTEGER NOT NULL
) STRICT;
CREATE INDEX transitions_survey ON transitions (survey);

CREATE TABLE answers (
  id            INTEGER PRIMARY KEY,
  survey        INTEGER NOT NULL REFERENCES surveys (id),
  question      TEXT NOT NULL,
  part          TEXT NOT NULL CHECK (part IN ('answer', 'reason', 'comment')),
  value         INTEGER,
  options       TEXT NOT NULL DEFAULT '',  -- keys joined by |
  text          TEXT,
  band          TEXT CHECK (band IN ('low', 'neutral', 'high')),
  skipped       INTEGER NOT NULL DEFAULT 0,
  revision      INTEGER NOT NULL DEFAULT 1,
  answered_at   INTEGER NOT NULL,
  stored_at     INTEGER NOT NULL,
  withdrawn_at  INTEGER,
  position      INTEGER NOT NULL,        -- in the order of commits: moves to the end with every change
  UNIQUE (survey, question, part)
) STRICT;
CREATE UNIQUE INDEX answers_position ON answers (position);

-- What an answer was before it was changed.
CREATE TABLE answer_history (
  id            INTEGER PRIMARY KEY,
  answer        INTEGER NOT NULL REFERENCES answers (id),
  revision      INTEGER NOT NULL,
  value         INTEGER,
  options       TEXT NOT NULL,
  text          TEXT,
  band          TEXT,
  answered_at   INTEGER NOT NULL,
  withdrawn_at  INTEGER
) STRICT;
CREATE INDEX answer_history_answer ON answer_history (answer);

-- The customer's messages that make up a comment (or the answer to a text question).
CREATE TABLE comment_messages (
  person       INTEGER NOT NULL REFERENCES persons (id),
  message_id   INTEGER NOT NULL,
  survey       INTEGER NOT NULL REFERENCES surveys (id),
  question     TEXT NOT NULL,
  part         TEXT NOT NULL CHECK (part IN ('answer', 'comment')),
  text         TEXT,
  kind         TEXT,                     -- of the attachment: voice, photo, video_note, video, audio, document
  file_id      TEXT,
  file_size    INTEGER,
  duration_s   INTEGER,
  media_group  TEXT,
  replaced     INTEGER NOT NULL DEFAULT 0,  -- other words were given in its place; it is history
  PRIMARY KEY (person, message_id)
) STRICT;
CREATE INDEX comment_messages_survey ON comment_messages (survey, question, part);

-- Chats and topics that get alerts (thread 0: the chat itself).
CREATE TABLE alert_chats (
  chat_id        INTEGER NOT NULL,
  thread_id      INTEGER NOT NULL DEFAULT 0,
  title          TEXT,
  locale         TEXT NOT NULL,
  subscribed_at  INTEGER NOT NULL,
  gone_at        INTEGER,
  PRIMARY KEY (chat_id, thread_id)
) STRICT;

-- Many alerts in one chat within minutes fold into one message that counts and lists.
CREATE TABLE alert_folds (
  id         INTEGER PRIMARY KEY,
  chat_id    INTEGER NOT NULL,
  thread_id  INTEGER NOT NULL DEFAULT 0,
  message    INTEGER NOT NULL REFERENCES messages (id),
  opened_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX alert_folds_chat ON alert_folds (chat_id, thread_id, opened_at);

-- One alert a survey and chat; without a chat (nobody to tell yet) it waits.
CREATE TABLE alerts (
  id          INTEGER PRIMARY KEY,
  survey      INTEGER NOT NULL REFERENCES surveys (id),
  chat_id     INTEGER,
  thread_id   INTEGER NOT NULL DEFAULT 0,
  message     INTEGER REFERENCES messages (id),
  fold        INTEGER REFERENCES alert_folds (id),
  ringing     INTEGER NOT NULL DEFAULT 1,  -- a score stands at the alert level; a fall from 0 rings again
  created_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX alerts_survey ON alerts (survey);
CREATE INDEX alerts_chat ON alerts (chat_id, thread_id, created_at);

-- Customers who asked for a human: the leads are told, and what the customer says next is passed on to them.
CREATE TABLE human_requests (
  id             INTEGER PRIMARY KEY,
  person         INTEGER NOT NULL REFERENCES persons (id),
  survey         INTEGER REFERENCES surveys (id),   -- open when they asked, with its turn:
  turn           INTEGER,                           -- whoever goes on with it speaks of it again
  asked_at       INTEGER NOT NULL,
  listens_until  INTEGER NOT NULL,
  heard_at       INTEGER,                           -- the first words
  told_at        INTEGER                            -- NULL while there is nobody to tell
) STRICT;
CREATE INDEX human_requests_person ON human_requests (person, listens_until);
CREATE INDEX human_requests_waiting ON human_requests (id) WHERE told_at IS NULL;

CREATE TABLE human_messages (
  person      INTEGER NOT NULL REFERENCES persons (id),
  message_id  INTEGER NOT NULL,
  request     INTEGER NOT NULL REFERENCES human_requests (id),
  PRIMARY KEY (person, message_id)
) STRICT;
CREATE INDEX human_messages_request ON human_messages (request);

CREATE TABLE human_alerts (
  request    INTEGER NOT NULL REFERENCES human_requests (id),
  chat_id    INTEGER NOT NULL,
  thread_id  INTEGER NOT NULL DEFAULT 0,
  message    INTEGER NOT NULL REFERENCES messages (id),
  PRIMARY KEY (request, chat_id, thread_id)
) STRICT;
CREATE INDEX human_alerts_chat ON human_alerts (chat_id);

-- Customers' messages that were copied into other chats, so that they can be deleted there.
CREATE TABLE copies (
  message  INTEGER PRIMARY KEY REFERENCES messages (id),
  person   INTEGER NOT NULL REFERENCES persons (id),
  survey   INTEGER REFERENCES surveys (id)
) STRICT;
CREATE INDEX copies_person ON copies (person);
CREATE INDEX copies_survey ON copies (survey) WHERE survey IS NOT NULL;

CREATE TABLE staff (
  person    INTEGER PRIMARY KEY,          -- a Telegram user ID; need not have written to the bot yet
  role      TEXT NOT NULL CHECK (role IN ('admin', 'lead', 'agent')),
  agent_id  TEXT,                         -- who this is in the events
  added_at  INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX staff_agent ON staff (agent_id) WHERE agent_id IS NOT NULL;

-- One-time links that give a role.
CREATE TABLE staff_invites (
  id          INTEGER PRIMARY KEY,
  token       TEXT NOT NULL UNIQUE,
  role        TEXT NOT NULL CHECK (role IN ('admin', 'lead', 'agent')),
  created_at  INTEGER NOT NULL,
  created_by  INTEGER,                    -- NULL: printed by the program while there was no admin
  expires_at  INTEGER,
  used_by     INTEGER,
  used_at     INTEGER
) STRICT;

-- Who of the staff did what; kept for ever.
CREATE TABLE staff_log (
  id           INTEGER PRIMARY KEY,
  at           INTEGER NOT NULL,
  actor        INTEGER,                   -- a Telegram user ID; NULL: from a shell
  act          TEXT NOT NULL,
  person       INTEGER,                   -- whom it concerns
  role         TEXT,
  former_role  TEXT,
  script       TEXT,
  version      INTEGER,
  detail       TEXT                       -- what was given or set: an agent of the events, a time zone
) STRICT;

-- Everything that goes to Telegram, in the order of its ID within a chat.
CREATE TABLE outbox (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  lane        INTEGER NOT NULL,           -- 0 answers, 1 alerts, 2 surveys, 3 digests
  chat_id     INTEGER NOT NULL,
  thread_id   INTEGER NOT NULL DEFAULT 0,
  method      TEXT NOT NULL CHECK (method IN ('send', 'edit', 'copy', 'delete')),
  message     INTEGER REFERENCES messages (id),   -- the logical message sent or edited
  message_id  INTEGER,                    -- of an edit, when already known
  survey      INTEGER REFERENCES surveys (id),
  first       INTEGER NOT NULL DEFAULT 0, -- the survey's invitation: its outcome moves the ledger
  alert       INTEGER REFERENCES alerts (id),
  payload     TEXT NOT NULL,
  attempts    INTEGER NOT NULL DEFAULT 0,
  not_after   INTEGER,
  created_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE bots (
  id           INTEGER PRIMARY KEY,       -- Telegram's ID of the bot
  username     TEXT NOT NULL,
  next_offset  INTEGER NOT NULL DEFAULT 0,
  heard_at     INTEGER                    -- when Telegram was last asked for updates and answered
) STRICT;

-- What the bot says of itself at Telegram, and its menus: a hash of what was set last, by name.
CREATE TABLE bot_profile (
  bot   INTEGER NOT NULL,
  name  TEXT NOT NULL,
  hash  TEXT NOT NULL,
  PRIMARY KEY (bot, name)
) STRICT;

CREATE TABLE updates_seen (
  bot        INTEGER NOT NULL,
  update_id  INTEGER NOT NULL,
  seen_at    INTEGER NOT NULL,
  PRIMARY KEY (bot, update_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX updates_seen_at ON updates_seen (seen_at);

-- Updates that failed for a reason of their own, kept raw for a look.
CREATE TABLE dead_updates (
  bot        INTEGER NOT NULL,
  update_id  INTEGER NOT NULL,
  raw        TEXT NOT NULL,
  error      TEXT NOT NULL,
  failed_at  INTEGER NOT NULL,
  PRIMARY KEY (bot, update_id)
) STRICT;

-- Keys that never leave the database. Made when they are first needed.
CREATE TABLE secrets (
  name   TEXT PRIMARY KEY,
  value  TEXT NOT NULL
) STRICT;

-- Who was erased and had opted out: a keyed hash of the person's ID, so that they are not asked when they are known again.
CREATE TABLE erased_opt_outs (
  hash          TEXT PRIMARY KEY,
  opted_out_at  INTEGER NOT NULL
) STRICT;
