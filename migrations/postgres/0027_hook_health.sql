-- Whether a hook still delivers, and what its deliveries lead to.
ALTER TABLE hooks ADD COLUMN last_at BIGINT;                       -- when its newest delivery came
ALTER TABLE hooks ADD COLUMN steady_since BIGINT;                  -- since when it has never been silent for two days
ALTER TABLE hooks ADD COLUMN silent_ms BIGINT NOT NULL DEFAULT 0;  -- how long the program has run since its newest delivery
ALTER TABLE hooks ADD COLUMN silent_told BIGINT;                   -- when the leads were told that it is silent
ALTER TABLE hooks ADD COLUMN failing_told BIGINT;                  -- when the leads were told that many of its deliveries fail
UPDATE hooks SET last_at = (SELECT MAX(d.received_at) FROM deliveries d WHERE d.hook = hooks.id);
UPDATE hooks SET steady_since = last_at;

-- The size of the body, in base64: what waits to be mapped is bounded by it.
ALTER TABLE deliveries ADD COLUMN bytes BIGINT NOT NULL DEFAULT 0;
UPDATE deliveries SET bytes = LENGTH(body) WHERE state = 'received';
CREATE INDEX deliveries_waiting ON deliveries (hook, bytes) WHERE state = 'received';

-- What became of each element of a delivery that holds several.
CREATE TABLE delivery_parts (
  delivery   BIGINT NOT NULL REFERENCES deliveries (id),
  part       BIGINT NOT NULL,             -- from 1
  state      TEXT NOT NULL CHECK (state IN ('event', 'known', 'watched', 'skipped', 'failed')),
  reason     TEXT,
  event_id   TEXT,
  customer   TEXT,                         -- the customer's ID in the event
  PRIMARY KEY (delivery, part)
);
CREATE INDEX delivery_parts_customer ON delivery_parts (customer) WHERE customer IS NOT NULL;
