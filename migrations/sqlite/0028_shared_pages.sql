-- Links to one page as somebody saw it, for people who are not signed in.
CREATE TABLE shared_pages (
  id          INTEGER PRIMARY KEY,
  token       TEXT NOT NULL UNIQUE,   -- a hash; the token itself is not kept
  person      INTEGER NOT NULL,       -- who made it; it ends with their role
  address     TEXT NOT NULL,          -- the page with its filters
  title       TEXT NOT NULL,
  language    TEXT NOT NULL,
  has_words   INTEGER NOT NULL,       -- whether customers' words are on it
  created_at  INTEGER NOT NULL,
  expires_at  INTEGER NOT NULL,
  opened_at   INTEGER                 -- when it was last opened, to the hour
) STRICT;
CREATE INDEX shared_pages_person ON shared_pages (person);
