-- What a chat missed while the bot could not write there comes as one list when it can again.
ALTER TABLE alert_folds ADD COLUMN missed INTEGER NOT NULL DEFAULT 0;   -- it lists what came meanwhile
