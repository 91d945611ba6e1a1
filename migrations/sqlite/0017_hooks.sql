-- Hooks: addresses to which other systems deliver what happened. A preset says how a delivery becomes an event.
CREATE TABLE hooks (
  id             INTEGER PRIMARY KEY,
  name           TEXT NOT NULL UNIQUE,      -- never used again: events bear it
  preset         TEXT NOT NULL,             -- its name
  source         TEXT,                      -- an admin's own preset, as TOML; NULL: the shipped one
  token_hash     TEXT NOT NULL UNIQUE,
  secrets        TEXT NOT NULL DEFAULT '',  -- what deliveries are signed with, one a line
  settings       TEXT NOT NULL DEFAULT '',  -- what differs from the preset, as TOML
  state          TEXT NOT NULL CHECK (state IN ('watching', 'live', 'revoked')),
  created_at     INTEGER NOT NULL,
  refused        INTEGER NOT NULL DEFAULT 0, -- deliveries that did not pass the check
  refused_at     INTEGER,
  maker          INTEGER,                   -- a Telegram user ID: who is shown what arrives while it watches; NULL: from a shell
  told           INTEGER NOT NULL DEFAULT 0 -- how often they were
) STRICT;

-- What was delivered: stored before it is answered, mapped afterwards.
CREATE TABLE deliveries (
  id           INTEGER PRIMARY KEY,
  hook         INTEGER NOT NULL REFERENCES hooks (id),
  received_at  INTEGER NOT NULL,
  headers      TEXT NOT NULL,               -- those that presets may use, as JSON; '' once it is forgotten
  query        TEXT NOT NULL,
  body         TEXT NOT NULL,               -- base64: the bytes as they came
  state        TEXT NOT NULL CHECK (state IN ('received', 'event', 'known', 'watched', 'skipped', 'failed')),
  reason       TEXT,
  event_id     TEXT,
  customer     TEXT,                        -- the customer's ID in the event
  delivery_id  TEXT                         -- by which the system names the delivery when it sends it again
) STRICT;
CREATE INDEX deliveries_received ON deliveries (id) WHERE state = 'received';
CREATE INDEX deliveries_hook ON deliveries (hook, id);
CREATE INDEX deliveries_customer ON deliveries (customer) WHERE customer IS NOT NULL;
CREATE INDEX deliveries_known ON deliveries (hook, delivery_id) WHERE delivery_id IS NOT NULL;
CREATE INDEX deliveries_age ON deliveries (received_at);

-- Messages in which /hooks shows a delivery.
CREATE TABLE delivery_messages (
  message   INTEGER PRIMARY KEY REFERENCES messages (id),
  delivery  INTEGER NOT NULL,
  chat_id   INTEGER NOT NULL
) STRICT;
CREATE INDEX delivery_messages_delivery ON delivery_messages (delivery);

-- The hook through which an event came.
ALTER TABLE events ADD COLUMN hook TEXT;
CREATE INDEX events_hook ON events (hook, subject_id, id) WHERE hook IS NOT NULL;

INSERT INTO counters (name, value) VALUES ('hooks', 0);
