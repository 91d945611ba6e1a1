-- Which tags and customer segments many customers have. Those stay with the events of an erased customer.
CREATE TABLE shared_words (
  kind  TEXT NOT NULL,                    -- 'tag', 'segment'
  word  TEXT NOT NULL,
  PRIMARY KEY (kind, word)
);

-- Who has one that is not shared yet. At twenty customers it becomes shared, and these rows go.
CREATE TABLE rare_words (
  kind      TEXT NOT NULL,
  word      TEXT NOT NULL,
  customer  BIGINT NOT NULL REFERENCES customers (id),
  PRIMARY KEY (kind, word, customer)
);
CREATE INDEX rare_words_customer ON rare_words (customer);

WITH
  said AS (
    SELECT 'tag' AS kind, t.word, e.customer FROM events e JOIN customers c ON c.id = e.customer
    CROSS JOIN LATERAL unnest(string_to_array(e.tags, '|')) AS t (word)
    WHERE e.test = FALSE AND c.customer_id <> '' AND c.erasing IS NULL AND t.word <> ''
    UNION
    SELECT 'segment' AS kind, t.word, e.customer FROM events e JOIN customers c ON c.id = e.customer
    CROSS JOIN LATERAL unnest(string_to_array(e.segments, '|')) AS t (word)
    WHERE e.test = FALSE AND c.customer_id <> '' AND c.erasing IS NULL AND t.word <> ''
  ),
  shared AS (
    INSERT INTO shared_words (kind, word)
    SELECT kind, word FROM said GROUP BY kind, word HAVING COUNT(*) >= 20
    RETURNING kind, word
  )
INSERT INTO rare_words (kind, word, customer)
SELECT kind, word, customer FROM said
WHERE NOT EXISTS (SELECT 1 FROM shared s WHERE s.kind = said.kind AND s.word = said.word);
