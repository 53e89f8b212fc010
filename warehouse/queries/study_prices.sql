-- One row per listing of $listings and session: its adjusted close.
SELECT listing_id, session_date, adj_close
FROM prices
WHERE list_contains($listings, listing_id)
ORDER BY listing_id, session_date;
