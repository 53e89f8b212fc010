-- One row per listing valid now or in the past, with the calendar of its market.
SELECT DISTINCT listing.listing_id, listing.ticker, listing.mic, listing.currency, market.calendar
FROM store.listings AS listing
LEFT JOIN store.markets AS market ON market.mic = listing.mic;
