-- Texts read again whose lives are linked anew: all, since linking always takes all of them up.
DELETE FROM store.rereads;
