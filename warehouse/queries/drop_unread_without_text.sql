-- Deletes refused versions from the queue once their text was deleted.
DELETE FROM store.unread
WHERE refused_by IS NOT NULL AND first_seen_at < $before;
