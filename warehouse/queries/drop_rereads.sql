-- Deletes all re-read texts from the queue: linking always processes all of them.
DELETE FROM store.rereads;
