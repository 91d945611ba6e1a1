-- A new random number with every change of a chat for alerts. A reader compares it with the number that belongs to what it has
-- in memory. A counter would not do: after a rollback the next transaction would reach the same value with other chats.
INSERT INTO counters (name, value) VALUES ('alert_chats', 0);
CREATE TRIGGER alert_chats_inserted AFTER INSERT ON alert_chats BEGIN
  UPDATE counters SET value = random() WHERE name = 'alert_chats';
END;
CREATE TRIGGER alert_chats_updated AFTER UPDATE ON alert_chats BEGIN
  UPDATE counters SET value = random() WHERE name = 'alert_chats';
END;
CREATE TRIGGER alert_chats_deleted AFTER DELETE ON alert_chats BEGIN
  UPDATE counters SET value = random() WHERE name = 'alert_chats';
END;
