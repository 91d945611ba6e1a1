-- Which deadline a card in a chat tells of; it stays above the card until the case is resolved. None: it tells of none.
ALTER TABLE case_posts ADD COLUMN overdue TEXT CHECK (overdue IN ('contact', 'resolution'));
