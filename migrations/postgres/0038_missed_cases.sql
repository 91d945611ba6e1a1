-- What a chat missed while the bot could not write there comes as one list when it can again.
ALTER TABLE alert_folds ADD COLUMN missed BOOLEAN NOT NULL DEFAULT FALSE;   -- it lists what came meanwhile
