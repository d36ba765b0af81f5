-- From version 5 to 6.
-- Nearly equal texts find each other by other numbers: every file is read again, and gives them.
DELETE FROM marks;
UPDATE files SET settings = '';

-- Texts without codes may hold any name, until they are read again.
ALTER TABLE reviews ADD COLUMN codes BLOB;
ALTER TABLE reviews ADD COLUMN reply_codes BLOB;
ALTER TABLE versions ADD COLUMN codes BLOB;
CREATE INDEX names_of_more ON names (words) WHERE words > 2;
CREATE TABLE unswept (trace BLOB PRIMARY KEY) WITHOUT ROWID;
INSERT INTO unswept SELECT x'' FROM meta WHERE key = 'names not yet hidden everywhere' AND value = 'yes';
DELETE FROM meta WHERE key = 'names not yet hidden everywhere';

UPDATE meta SET value = '6' WHERE key = 'schema_version';
