-- Of a notice, the corrections of its development that it already tells: correction_id as it was
-- then, NULL where there was none. state may be withdrawn: never sent, as its source took it back.
ALTER TABLE store.alerts ADD COLUMN told_as VARCHAR;
