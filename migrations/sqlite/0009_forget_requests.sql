-- Somebody asked to be forgotten, and their customer has another person's answers or chat too: what they gave themselves is
-- erased at once, and an admin decides about the rest.
CREATE TABLE forget_requests (
  id            INTEGER PRIMARY KEY,
  customer      INTEGER NOT NULL REFERENCES customers (id),
  person        INTEGER NOT NULL,        -- who asked, and is told what came of it; refers to no row, for theirs may be gone
  locale        TEXT NOT NULL,
  asked_at      INTEGER NOT NULL,
  covers_until  INTEGER NOT NULL,        -- what came in later is not asked about
  UNIQUE (customer, person)
) STRICT;

-- The message in which an admin is asked.
CREATE TABLE forget_questions (
  request   INTEGER NOT NULL REFERENCES forget_requests (id),
  chat_id   INTEGER NOT NULL,
  message   INTEGER NOT NULL REFERENCES messages (id),
  asked_at  INTEGER NOT NULL,
  PRIMARY KEY (request, chat_id)
) STRICT;

-- Who the customer was by an event or a phone number before somebody tapped a link; by a link, the links tell.
ALTER TABLE customers ADD COLUMN former_person INTEGER;
CREATE INDEX customers_former_person ON customers (former_person) WHERE former_person IS NOT NULL;

-- Another person was the customer's chat before; only then is it worth while to look who was asked.
ALTER TABLE customers ADD COLUMN moved INTEGER NOT NULL DEFAULT 0;
UPDATE customers SET moved = TRUE WHERE id IN (
  SELECT c.id FROM surveys s JOIN events e ON e.id = s.id JOIN customers c ON c.id = e.customer
  WHERE s.person IS NOT NULL AND (c.person IS NULL OR c.person <> s.person));
