-- From version 1 to 2: where and when a review was seen, near-duplicates, exports of all reviews, drifting columns.
ALTER TABLE files ADD COLUMN settings TEXT NOT NULL DEFAULT '';
ALTER TABLE files ADD COLUMN seen_on TEXT NOT NULL DEFAULT '';
ALTER TABLE files ADD COLUMN export TEXT NOT NULL DEFAULT '';
ALTER TABLE files ADD COLUMN columns TEXT NOT NULL DEFAULT '{}';

DROP TABLE failures;  -- every run finds them anew
CREATE TABLE failures (path TEXT NOT NULL, reason TEXT NOT NULL);

ALTER TABLE reviews ADD COLUMN updated_on TEXT;
ALTER TABLE reviews ADD COLUMN seen_on TEXT NOT NULL DEFAULT '';
ALTER TABLE versions ADD COLUMN words TEXT;
ALTER TABLE versions ADD COLUMN updated_on TEXT;
CREATE INDEX versions_of_review ON versions (review_id);

CREATE TABLE sightings (
  review_key TEXT NOT NULL REFERENCES places, digest TEXT NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (review_key, digest, row)
) WITHOUT ROWID;
CREATE INDEX sightings_of_file ON sightings (digest);
INSERT INTO sightings SELECT review_key, digest, 0 FROM places;
ALTER TABLE places DROP COLUMN digest;
ALTER TABLE places ADD COLUMN vanished TEXT;

CREATE TABLE marks (mark INTEGER NOT NULL, review_id TEXT NOT NULL REFERENCES reviews, PRIMARY KEY (mark, review_id)) WITHOUT ROWID;
CREATE INDEX marks_of_review ON marks (review_id);

CREATE TABLE forgotten (mark TEXT PRIMARY KEY) WITHOUT ROWID;

DROP TABLE themes;  -- found anew by the next run
CREATE TABLE themes (
  review_id TEXT NOT NULL REFERENCES reviews, theme TEXT NOT NULL, polarity TEXT NOT NULL, direction TEXT,
  start INTEGER NOT NULL, "end" INTEGER NOT NULL, month TEXT,
  PRIMARY KEY (review_id, theme, start, "end")
) WITHOUT ROWID;
CREATE INDEX themes_by_month ON themes (month, theme, review_id, polarity, direction);
DELETE FROM meta WHERE key = 'analysis';  -- so that the next run tags every text

-- Every file is read again, for what was not kept before; it changes no review that is still the same.
UPDATE files SET settings = 'read by version 1';
UPDATE meta SET value = '2' WHERE key = 'schema_version';
