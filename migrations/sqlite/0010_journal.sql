-- Everything that happened, once, in the order of commits: the ledger's moves, what became of answers, and what people
-- decided. Rows are never deleted, so a position comes once. The program fills it from what was there before, in pages;
-- the next migration takes away what it was filled from. A program of the version before finds its tables no more.
CREATE TABLE journal (
  position  INTEGER PRIMARY KEY,
  at        INTEGER NOT NULL,
  kind      TEXT NOT NULL,            -- a state of the ledger, or what else happened
  reason    TEXT,                     -- of the state
  survey    INTEGER REFERENCES surveys (id),
  answer    INTEGER REFERENCES answers (id),
  person    INTEGER                   -- of what happens to a person; a survey's person stands with the survey
) STRICT;

ALTER TABLE transitions RENAME TO former_transitions;
ALTER TABLE answers RENAME COLUMN position TO former_position;

-- Parts of the program that follow the journal, each as far as it has come.
CREATE TABLE followers (
  name           TEXT PRIMARY KEY,
  position       INTEGER NOT NULL,    -- everything up to here was acted on
  failing_since  INTEGER,
  failure        TEXT                 -- why what comes next cannot be acted on
) STRICT;
