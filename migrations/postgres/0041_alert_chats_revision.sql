-- A new random number with every change of a chat for alerts. A reader compares it with the number that belongs to what it has
-- in memory. A counter would not do: after a rollback the next transaction would reach the same value with other chats.
INSERT INTO counters (name, value) VALUES ('alert_chats', 0);
CREATE FUNCTION alert_chats_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE counters SET value = floor(random() * 9000000000000000)::bigint WHERE name = 'alert_chats';
  RETURN NULL;
END
$$;
CREATE TRIGGER alert_chats_changed AFTER INSERT OR UPDATE OR DELETE ON alert_chats
  FOR EACH STATEMENT EXECUTE FUNCTION alert_chats_changed();
