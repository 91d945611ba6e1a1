-- Changes with every change of a chat for alerts, so that a reader can tell whether what it has in memory still holds. It is
-- drawn rather than counted: what a transaction saw that was rolled back must not be taken for what another one wrote.
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
