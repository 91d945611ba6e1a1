-- One-time links that sign in to the pages.
CREATE TABLE dashboard_links (
  id          INTEGER PRIMARY KEY,
  token       TEXT NOT NULL UNIQUE,   -- a hash; the token itself is not kept
  person      INTEGER,                -- whom it signs in; none: whoever has the shell, who may read everything
  created_at  INTEGER NOT NULL,
  expires_at  INTEGER NOT NULL,
  used_at     INTEGER
) STRICT;

-- Who is signed in. A session says who it is and never what they may do.
CREATE TABLE dashboard_sessions (
  id          INTEGER PRIMARY KEY,
  token       TEXT NOT NULL UNIQUE,   -- a hash of what the cookie holds
  person      INTEGER,
  created_at  INTEGER NOT NULL,
  seen_at     INTEGER NOT NULL,
  expires_at  INTEGER NOT NULL,
  device      TEXT NOT NULL,          -- a few words: the browser and its system
  theme       TEXT,                   -- light or dark; none: as the system has it
  language    TEXT                    -- none: as in Telegram
) STRICT;
CREATE INDEX dashboard_sessions_person ON dashboard_sessions (person);
