-- A new random number with every change of who may get alerts: the chats, those that refuse them, and the people with a role. A
-- reader compares it with the number that belongs to what it has in memory.
UPDATE counters SET name = 'audience' WHERE name = 'alert_chats';
DROP TRIGGER alert_chats_inserted;
DROP TRIGGER alert_chats_updated;
DROP TRIGGER alert_chats_deleted;
CREATE TRIGGER alert_chats_inserted AFTER INSERT ON alert_chats BEGIN
  UPDATE counters SET value = random() WHERE name = 'audience';
END;
CREATE TRIGGER alert_chats_updated AFTER UPDATE ON alert_chats BEGIN
  UPDATE counters SET value = random() WHERE name = 'audience';
END;
CREATE TRIGGER alert_chats_deleted AFTER DELETE ON alert_chats BEGIN
  UPDATE counters SET value = random() WHERE name = 'audience';
END;
CREATE TRIGGER lost_chats_inserted AFTER INSERT ON lost_chats BEGIN
  UPDATE counters SET value = random() WHERE name = 'audience';
END;
CREATE TRIGGER lost_chats_updated AFTER UPDATE ON lost_chats BEGIN
  UPDATE counters SET value = random() WHERE name = 'audience';
END;
CREATE TRIGGER lost_chats_deleted AFTER DELETE ON lost_chats BEGIN
  UPDATE counters SET value = random() WHERE name = 'audience';
END;
CREATE TRIGGER staff_inserted AFTER INSERT ON staff BEGIN
  UPDATE counters SET value = random() WHERE name = 'audience';
END;
CREATE TRIGGER staff_updated AFTER UPDATE ON staff BEGIN
  UPDATE counters SET value = random() WHERE name = 'audience';
END;
CREATE TRIGGER staff_deleted AFTER DELETE ON staff BEGIN
  UPDATE counters SET value = random() WHERE name = 'audience';
END;
