-- Milliseconds since 1970 from which on a link opens nothing; NULL for one without an end.
ALTER TABLE seats ADD COLUMN until INTEGER;
