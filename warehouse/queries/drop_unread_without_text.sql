-- What was refused and has no text any more is not tried again.
DELETE FROM store.unread
WHERE refused_by IS NOT NULL AND first_seen_at < $before;
