-- Which events are old enough to be stripped is told by the days on which they arrived, a row for each run of events of
-- one day, so that storing an event touches no index for it. Written with the first event of a run.
CREATE TABLE arrival_days (
  first_event  INTEGER PRIMARY KEY,     -- the run goes up to the next row's
  day          INTEGER                  -- since 1970-01-01, UTC; NULL: none of the events has details any more
) STRICT;
INSERT INTO arrival_days (first_event, day)
SELECT id, day FROM (SELECT id, day, LAG(day) OVER (ORDER BY id) AS before
                     FROM (SELECT id, received_at / 86400000 AS day FROM events) e) r
WHERE before IS NULL OR before <> day;
DROP INDEX events_aged;

-- What is stale of a paused script, or behind an open survey, is found among what is due.
DROP INDEX surveys_stale;
DROP INDEX surveys_due;
CREATE INDEX surveys_due ON surveys (script, due_at, stale_at)
  WHERE state = 'scheduled' AND test = FALSE AND waits_for IS NULL;
DROP INDEX surveys_held;
CREATE INDEX surveys_held ON surveys (waits_for, stale_at) WHERE waits_for IS NOT NULL;
