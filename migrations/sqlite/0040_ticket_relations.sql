-- What comes before and after each step of a ticket, so that KPIs count steps one by one and need not follow each ticket.
-- At equal times openings come first and closings last.
ALTER TABLE ticket_steps ADD COLUMN closed_at INTEGER;      -- of an opening or reopening: when the ticket was closed next
ALTER TABLE ticket_steps ADD COLUMN reopened_at INTEGER;    -- of a closing: when the ticket was reopened next
ALTER TABLE ticket_steps ADD COLUMN opened_before INTEGER;  -- of an opening: when the ticket was opened the last time before
-- Of an opening or reopening: whether the ticket was open already.
ALTER TABLE ticket_steps ADD COLUMN was_open INTEGER NOT NULL DEFAULT 0;
UPDATE ticket_steps SET
  closed_at = CASE WHEN step <> 'closed' THEN (
    SELECT MIN(o.at) FROM ticket_steps o
    WHERE o.ticket = ticket_steps.ticket AND o.step = 'closed' AND o.at >= ticket_steps.at) END,
  reopened_at = CASE WHEN step = 'closed' THEN (
    SELECT MIN(o.at) FROM ticket_steps o
    WHERE o.ticket = ticket_steps.ticket AND o.step = 'reopened' AND o.at > ticket_steps.at) END,
  opened_before = CASE WHEN step = 'opened' THEN (
    SELECT MAX(o.at) FROM ticket_steps o
    WHERE o.ticket = ticket_steps.ticket AND o.step = 'opened'
      AND (o.at < ticket_steps.at OR (o.at = ticket_steps.at AND o.event < ticket_steps.event))) END,
  was_open = step <> 'closed' AND EXISTS (
    SELECT 1 FROM ticket_steps o
    WHERE o.ticket = ticket_steps.ticket AND o.step <> 'closed'
      AND (o.at < ticket_steps.at OR (o.at = ticket_steps.at
        AND (o.step < ticket_steps.step OR (o.step = ticket_steps.step AND o.event < ticket_steps.event))))
      AND NOT EXISTS (
        SELECT 1 FROM ticket_steps c
        WHERE c.ticket = o.ticket AND c.step = 'closed' AND c.at >= o.at AND c.at < ticket_steps.at));

DROP INDEX ticket_steps_at;
CREATE INDEX ticket_steps_opened ON ticket_steps (at, closed_at, opened_before) WHERE step = 'opened';
CREATE INDEX ticket_steps_closed ON ticket_steps (at, reopened_at) WHERE step = 'closed';
CREATE INDEX ticket_steps_open ON ticket_steps (closed_at, at) WHERE step <> 'closed' AND was_open = FALSE;

-- KPIs count these events one by one; purchases and closings are in the segments.
CREATE INDEX events_opened ON events (occurred_at) WHERE kind IN ('ticket_opened', 'ticket_reopened');
