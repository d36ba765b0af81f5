-- From version 5 to 6.
-- Nearly equal texts find each other by other numbers: every file is read again, and gives them.
DELETE FROM marks;
UPDATE files SET settings = '';

UPDATE meta SET value = '6' WHERE key = 'schema_version';
