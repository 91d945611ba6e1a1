-- Changes with every change of a chat for alerts, so that a reader can tell whether what it has in memory still holds. It is
-- drawn rather than counted: what a transaction saw that was rolled back must not be taken for what another one wrote.
INSERT INTO counters (name, value) VALUES ('alert_chats', 0);
CREATE FUNCTION alert_chats_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE counters SET value = floor(random() * 9000000000000000)::bigint WHERE name = 'alert_chats';
  RETURN NULL;
END
$$;
CREATE TRIGGER alert_chats_changed AFTER INSERT OR UPDATE OR DELETE ON alert_chats
  FOR EACH STATEMENT EXECUTE FUNCTION alert_chats_changed();
