-- The address in a message at which its recipient unsubscribes works after the customer was erased, too.
CREATE TABLE erased_recipients (
  token      TEXT PRIMARY KEY,
  recipient  TEXT NOT NULL                -- the keyed hash of the address that the message went to
);
