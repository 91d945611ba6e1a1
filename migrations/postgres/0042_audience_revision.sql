-- A new random number with every change of who may get alerts: the chats, those that refuse them, and the people with a role. A
-- reader compares it with the number that belongs to what it has in memory.
UPDATE counters SET name = 'audience' WHERE name = 'alert_chats';
DROP TRIGGER alert_chats_changed ON alert_chats;
DROP FUNCTION alert_chats_changed();
CREATE FUNCTION audience_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE counters SET value = floor(random() * 9000000000000000)::bigint WHERE name = 'audience';
  RETURN NULL;
END
$$;
-- For each row, because some statements mostly change none.
CREATE TRIGGER alert_chats_changed AFTER INSERT OR UPDATE OR DELETE ON alert_chats
  FOR EACH ROW EXECUTE FUNCTION audience_changed();
CREATE TRIGGER lost_chats_changed AFTER INSERT OR UPDATE OR DELETE ON lost_chats
  FOR EACH ROW EXECUTE FUNCTION audience_changed();
CREATE TRIGGER staff_changed AFTER INSERT OR UPDATE OR DELETE ON staff
  FOR EACH ROW EXECUTE FUNCTION audience_changed();
