-- Who subscribed a chat; nobody knows of those from before, but a private chat is its person's.
ALTER TABLE alert_chats ADD COLUMN subscribed_by BIGINT;
UPDATE alert_chats SET subscribed_by = chat_id WHERE chat_id > 0;
-- Their role has ended: the chat gets no alerts until an admin keeps it.
ALTER TABLE alert_chats ADD COLUMN withdrawn_at BIGINT;
ALTER TABLE alert_chats ADD COLUMN told BOOLEAN NOT NULL DEFAULT FALSE;  -- the admins were

-- The link for the first admin lives a day. One that an operator asked for may serve beside admins.
UPDATE staff_invites SET expires_at = created_at + 86400000 WHERE created_by IS NULL AND expires_at IS NULL;
ALTER TABLE staff_invites ADD COLUMN beside_admins BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE staff_invites SET beside_admins = TRUE WHERE created_by IS NOT NULL;

-- When the first admin came; 0: there has never been one.
INSERT INTO counters (name, value) SELECT 'first_admin_at', COALESCE(MIN(a.came_at), 0) FROM (
  SELECT added_at AS came_at FROM staff WHERE role = 'admin'
  UNION ALL SELECT at FROM staff_log WHERE role = 'admin' AND act IN ('role_given', 'invite_used')
  UNION ALL SELECT at FROM staff_log WHERE former_role = 'admin'
) a;
