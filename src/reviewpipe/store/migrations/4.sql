-- From version 4 to 5.
-- A file that gives no reviews is known by its content, so that it is told once.
DROP TABLE failures;  -- the next run finds them anew
CREATE TABLE failures (path TEXT NOT NULL, reason TEXT NOT NULL, digest TEXT NOT NULL, settings TEXT NOT NULL, kind TEXT NOT NULL);

UPDATE meta SET value = '5' WHERE key = 'schema_version';
