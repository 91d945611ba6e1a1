-- Whom a delivery was about by a mapping before, which was changed since. What it holds still names them: erasing them finds
-- it by this.
CREATE TABLE delivery_former_customers (
  delivery  INTEGER NOT NULL REFERENCES deliveries (id),
  customer  TEXT NOT NULL,                -- the customer's ID in the event
  PRIMARY KEY (delivery, customer)
) STRICT;
CREATE INDEX delivery_former_customers_customer ON delivery_former_customers (customer);
