-- A request for a human is a case from now on. Requests that still listen, or that nobody was told of, become open cases;
-- the others become resolved ones, so that what was posted about them is found when their customer is erased.
ALTER TABLE cases ADD COLUMN stranger BOOLEAN NOT NULL DEFAULT FALSE;   -- nobody knew the person: one silent post until a lead takes it

-- When the admins were last told that very many strangers write.
INSERT INTO counters (name, value) VALUES ('strangers_told_at', 0);

-- The case of each request. Several requests of one person that wait become one case. The newest moment in the database
-- stands for the present one: the clock of the machine is not the program's.
CREATE TABLE converted_requests (request BIGINT PRIMARY KEY, target BIGINT NOT NULL, status TEXT NOT NULL);
INSERT INTO converted_requests (request, target, status)
  WITH known (at) AS (SELECT MAX(at) FROM (SELECT MAX(at) AS at FROM journal
      UNION ALL SELECT MAX(asked_at) AS at FROM human_requests
      UNION ALL SELECT MAX(heard_at) AS at FROM human_requests) AS moments),
    live (id, person) AS (SELECT r.id, r.person FROM human_requests r CROSS JOIN known k
      WHERE r.told_at IS NULL OR r.listens_until > k.at)
  SELECT r.id, COALESCE((SELECT MAX(m.id) FROM live l JOIN live m ON m.person = l.person WHERE l.id = r.id), r.id),
    CASE WHEN EXISTS (SELECT 1 FROM live l WHERE l.id = r.id) THEN 'open' ELSE 'resolved' END
  FROM human_requests r;
CREATE TABLE converted_cases (target BIGINT PRIMARY KEY, number BIGINT NOT NULL);
INSERT INTO converted_cases (target, number)
  SELECT target, (SELECT value FROM counters WHERE name = 'case_number') + ROW_NUMBER() OVER (ORDER BY target)
  FROM (SELECT DISTINCT target FROM converted_requests) AS targets;
UPDATE counters SET value = value + (SELECT COUNT(*) FROM converted_cases) WHERE name = 'case_number';

-- The program computes the deadlines when time comes to the case.
INSERT INTO cases (number, key, person, customer, source, severity, category, status, cause, position, opened_at, round_at,
    resolved_at, last_in_at, next_at, stranger)
  SELECT n.number, CASE WHEN t.status = 'open' THEN
      CAST(r.person AS TEXT) || ':' || COALESCE(CAST(u.customer AS TEXT), '') || ':' END,
    r.person, u.customer, 'human', CASE WHEN u.customer IS NULL AND s.person IS NULL THEN 'minor' ELSE 'normal' END,
    'human', t.status, CASE WHEN t.status = 'resolved' THEN 'none' END,
    (SELECT COALESCE(MAX(position), 0) FROM cases) + ROW_NUMBER() OVER (ORDER BY n.number), r.asked_at, r.asked_at,
    CASE WHEN t.status = 'resolved' THEN r.listens_until END, r.heard_at,
    CASE WHEN t.status = 'open' THEN r.asked_at END, u.customer IS NULL AND s.person IS NULL
  FROM converted_cases n JOIN converted_requests t ON t.request = n.target JOIN human_requests r ON r.id = n.target
    LEFT JOIN (SELECT person, MAX(id) AS customer FROM customers WHERE person IS NOT NULL GROUP BY person) u
      ON u.person = r.person
    LEFT JOIN (SELECT DISTINCT person FROM surveys WHERE person IS NOT NULL) s ON s.person = r.person;
INSERT INTO case_steps (case_number, kind, at, detail)
  SELECT c.number, 'case_opened', c.opened_at, c.severity FROM cases c JOIN converted_cases n ON n.number = c.number
  ORDER BY c.number;
INSERT INTO case_steps (case_number, kind, at, detail)
  SELECT c.number, 'resolved', c.resolved_at, c.cause FROM cases c JOIN converted_cases n ON n.number = c.number
  WHERE c.status = 'resolved' ORDER BY c.number;

-- Only the IDs of the customers' messages were kept.
INSERT INTO case_messages (case_number, side, person, chat_id, message_id, kind, state, written_at)
  SELECT n.number, 'customer', h.person, h.person, h.message_id, 'other',
    CASE WHEN r.told_at IS NULL THEN 'kept' ELSE 'delivered' END, COALESCE(r.heard_at, r.asked_at)
  FROM human_messages h JOIN human_requests r ON r.id = h.request JOIN converted_requests t ON t.request = h.request
    JOIN converted_cases n ON n.target = t.target
  WHERE NOT EXISTS (SELECT 1 FROM case_messages w WHERE w.chat_id = h.person AND w.message_id = h.message_id)
  ORDER BY h.message_id;
INSERT INTO case_posts (case_number, kind, chat_id, thread_id, message, fold, ringing, created_at)
  SELECT n.number, 'post', a.chat_id, a.thread_id, CASE WHEN f.id IS NULL THEN a.message END, f.id, FALSE, a.created_at
  FROM human_alerts a JOIN converted_requests t ON t.request = a.request JOIN converted_cases n ON n.target = t.target
    LEFT JOIN alert_folds f ON f.id = a.fold AND f.message = a.message
  ORDER BY a.created_at, a.request;
INSERT INTO case_posts (case_number, kind, ringing, created_at)
  SELECT n.number, 'post', FALSE, r.asked_at
  FROM converted_cases n JOIN human_requests r ON r.id = n.target WHERE r.told_at IS NULL ORDER BY n.number;
INSERT INTO case_posts (case_number, kind, chat_id, thread_id, message, ringing, created_at)
  SELECT DISTINCT n.number, 'words', m.chat_id, m.thread_id, m.id, FALSE, r.asked_at
  FROM copies c JOIN human_messages h ON h.person = c.person AND h.message_id = c.source
    JOIN messages m ON m.id = c.message JOIN human_requests r ON r.id = h.request
    JOIN converted_requests t ON t.request = h.request JOIN converted_cases n ON n.target = t.target
  WHERE c.survey IS NULL;

DROP TABLE human_alerts;
DROP TABLE human_messages;
DROP TABLE human_requests;
DROP TABLE converted_cases;
DROP TABLE converted_requests;
