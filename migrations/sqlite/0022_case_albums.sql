-- The parts of an album are found by their group.
CREATE INDEX case_messages_album ON case_messages (chat_id, media_group) WHERE media_group IS NOT NULL;
