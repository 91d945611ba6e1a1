-- Which tags and customer segments many customers have. Those stay with the events of an erased customer.
CREATE TABLE shared_words (
  kind  TEXT NOT NULL,                    -- 'tag', 'segment'
  word  TEXT NOT NULL,
  PRIMARY KEY (kind, word)
) STRICT;

-- Who has one that is not shared yet. At twenty customers it becomes shared, and these rows go.
CREATE TABLE rare_words (
  kind      TEXT NOT NULL,
  word      TEXT NOT NULL,
  customer  INTEGER NOT NULL REFERENCES customers (id),
  PRIMARY KEY (kind, word, customer)
) STRICT;

WITH RECURSIVE
  said (kind, customer, words) AS (
    SELECT DISTINCT 'tag', e.customer, e.tags || '|' FROM events e JOIN customers c ON c.id = e.customer
    WHERE e.tags <> '' AND e.test = 0 AND c.customer_id <> '' AND c.erasing IS NULL
    UNION ALL
    SELECT DISTINCT 'segment', e.customer, e.segments || '|' FROM events e JOIN customers c ON c.id = e.customer
    WHERE e.segments <> '' AND e.test = 0 AND c.customer_id <> '' AND c.erasing IS NULL
  ),
  split (kind, customer, word, rest) AS (
    SELECT kind, customer, substr(words, 1, instr(words, '|') - 1), substr(words, instr(words, '|') + 1) FROM said
    UNION ALL
    SELECT kind, customer, substr(rest, 1, instr(rest, '|') - 1), substr(rest, instr(rest, '|') + 1) FROM split
    WHERE rest <> ''
  )
INSERT INTO rare_words (kind, word, customer) SELECT DISTINCT kind, word, customer FROM split WHERE word <> '';

INSERT INTO shared_words (kind, word) SELECT kind, word FROM rare_words GROUP BY kind, word HAVING COUNT(*) >= 20;
DELETE FROM rare_words WHERE (kind, word) IN (SELECT kind, word FROM shared_words);

CREATE INDEX rare_words_customer ON rare_words (customer);
