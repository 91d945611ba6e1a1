-- The words of a comment stand once, in the customer's messages. Before, each further message stored all of it again.
ALTER TABLE answers ADD COLUMN words INTEGER NOT NULL DEFAULT 0;  -- messages of the customer belong to it
UPDATE answers SET words = 1 WHERE text IS NOT NULL;

-- What a message said before it was edited.
CREATE TABLE former_words (
  id          INTEGER PRIMARY KEY,
  answer      INTEGER NOT NULL REFERENCES answers (id),
  message_id  INTEGER,                   -- NULL: a whole comment, from the time when its messages were not told apart
  revision    INTEGER NOT NULL,          -- the last one in which it said so
  text        TEXT NOT NULL
) STRICT;
CREATE INDEX former_words_answer ON former_words (answer);

-- Of the former texts those are kept that do not stand at the beginning of the next one: there words were only added.
INSERT INTO former_words (answer, message_id, revision, text)
SELECT h.answer,
       (SELECT CASE COUNT(*) WHEN 1 THEN MIN(m.message_id) END FROM comment_messages m
        WHERE m.survey = a.survey AND m.question = a.question AND m.part = a.part),
       h.revision, h.text
FROM (SELECT id, LEAD(id) OVER (PARTITION BY answer ORDER BY revision, id) AS next FROM answer_history
      WHERE text IS NOT NULL) o
JOIN answer_history h ON h.id = o.id
JOIN answers a ON a.id = h.answer
LEFT JOIN answer_history n ON n.id = o.next
WHERE h.text <> ''
  AND substr(COALESCE(n.text, a.text, '') || char(10), 1, length(h.text) + 1) <> h.text || char(10)
ORDER BY h.id;

ALTER TABLE answer_history DROP COLUMN text;
ALTER TABLE answers DROP COLUMN text;

-- The customer was told that nothing more is kept.
ALTER TABLE surveys ADD COLUMN words_full INTEGER NOT NULL DEFAULT 0;

-- Erasings that take more than one transaction, and what they have erased so far.
CREATE TABLE erasings (
  id             INTEGER PRIMARY KEY,
  customer_hash  TEXT,                   -- of the customer's ID, for a second call about the same customer
  person         INTEGER,                -- asked to be forgotten, and is told here when it is done:
  message_id     INTEGER,
  locale         TEXT,
  opted_out      INTEGER NOT NULL DEFAULT 0,
  events         INTEGER NOT NULL,
  surveys        INTEGER NOT NULL,
  alerts         INTEGER NOT NULL,
  copies         INTEGER NOT NULL,
  begun_at       INTEGER NOT NULL,
  done_at        INTEGER
) STRICT;
CREATE INDEX erasings_open ON erasings (id) WHERE done_at IS NULL;

-- The erasing that takes this customer's events; nobody is to be told of them any more.
ALTER TABLE customers ADD COLUMN erasing INTEGER REFERENCES erasings (id);
CREATE INDEX customers_erasing ON customers (erasing) WHERE erasing IS NOT NULL;
