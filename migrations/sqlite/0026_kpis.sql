-- KPIs take tickets by when their steps were taken, and each ticket with its steps; cases by when they were opened.
CREATE INDEX ticket_steps_at ON ticket_steps (step, at);
CREATE INDEX ticket_steps_of ON ticket_steps (ticket, step, at);
DROP INDEX ticket_steps_ticket;
CREATE INDEX cases_opened ON cases (opened_at);

-- Reports that staff asked for in Telegram. They are made beside the updates.
CREATE TABLE report_jobs (
  id        INTEGER PRIMARY KEY,
  person    INTEGER NOT NULL,
  asked     TEXT NOT NULL,               -- which report, as a button names it
  asked_at  INTEGER NOT NULL
) STRICT;
