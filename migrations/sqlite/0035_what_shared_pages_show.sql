-- A link says whether the names of agents are shown: those that were made before show them. Its maker may note whom it is for.
-- A link that has ended is kept for a while, so that it can be told from one that never was.
ALTER TABLE shared_pages ADD COLUMN has_agents INTEGER NOT NULL DEFAULT 1;
ALTER TABLE shared_pages ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE shared_pages ADD COLUMN ended_at INTEGER;   -- when it was ended before its time
