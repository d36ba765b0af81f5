-- A store of the second version with two reviews.
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO meta VALUES ('schema_version', '2');

-- The ledger: which contents were read.  A file is known by what is in it, not by its name.
CREATE TABLE files (
  digest TEXT PRIMARY KEY,
  path TEXT NOT NULL,
  source TEXT NOT NULL,
  form TEXT NOT NULL,
  settings TEXT NOT NULL DEFAULT '',  -- a digest of the settings that it was read with; with others it is read again
  seen_on TEXT NOT NULL DEFAULT '',   -- when the file was made
  export TEXT NOT NULL DEFAULT '',    -- files with the same value are together all reviews that there were
  columns TEXT NOT NULL DEFAULT '{}', -- headings or keys as JSON, true where anything stood under them
  read INTEGER NOT NULL, new INTEGER NOT NULL, edited INTEGER NOT NULL, duplicate INTEGER NOT NULL, rejected INTEGER NOT NULL
) WITHOUT ROWID;

-- Rows that were refused: where and why, never what they said.
CREATE TABLE rejects (digest TEXT NOT NULL REFERENCES files, row INTEGER NOT NULL, reason TEXT NOT NULL);

-- Files that cannot be read at present; each run looks again.  Hidden names can make two places look the same.
CREATE TABLE failures (path TEXT NOT NULL, reason TEXT NOT NULL);

-- One row an opinion: the same words of the same person in two places are one review.
CREATE TABLE reviews (
  review_id TEXT PRIMARY KEY,
  source TEXT NOT NULL, visibility TEXT NOT NULL,
  posted_on TEXT, month TEXT, date_precision TEXT NOT NULL,
  rating REAL, rating_given TEXT, recommended TEXT,
  language TEXT, text TEXT, original TEXT, reply TEXT, truncated INTEGER NOT NULL,
  person TEXT, words TEXT,
  updated_on TEXT, seen_on TEXT NOT NULL DEFAULT '',
  score REAL, sentiment TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX reviews_by_month ON reviews (month, source, sentiment, rating, language);
CREATE INDEX reviews_by_date ON reviews (posted_on);
CREATE INDEX reviews_by_words ON reviews (words) WHERE words IS NOT NULL;

-- Where each review stands; review_key is the platform's identity, hashed.  `vanished` is the date of the newest export of
-- all reviews in which it is missing.
CREATE TABLE places (
  review_key TEXT PRIMARY KEY, review_id TEXT NOT NULL REFERENCES reviews, source TEXT NOT NULL, vanished TEXT
) WITHOUT ROWID;
CREATE INDEX places_of_review ON places (review_id, source);

-- In which file and row it was read.
CREATE TABLE sightings (
  review_key TEXT NOT NULL REFERENCES places, digest TEXT NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (review_key, digest, row)
) WITHOUT ROWID;
CREATE INDEX sightings_of_file ON sightings (digest);

-- What an edited review said before.
CREATE TABLE versions (
  review_id TEXT NOT NULL REFERENCES reviews, rating REAL, text TEXT, score REAL, sentiment TEXT NOT NULL, words TEXT, updated_on TEXT
);
CREATE INDEX versions_of_review ON versions (review_id);

-- Keyed numbers by which nearly equal texts find each other.
CREATE TABLE marks (mark INTEGER NOT NULL, review_id TEXT NOT NULL REFERENCES reviews, PRIMARY KEY (mark, review_id)) WITHOUT ROWID;
CREATE INDEX marks_of_review ON marks (review_id);

-- Keyed marks of what was forgotten at somebody's request, so that no import brings it back.
CREATE TABLE forgotten (mark TEXT PRIMARY KEY) WITHOUT ROWID;

CREATE TABLE themes (
  review_id TEXT NOT NULL REFERENCES reviews, theme TEXT NOT NULL, polarity TEXT NOT NULL, direction TEXT,
  start INTEGER NOT NULL, "end" INTEGER NOT NULL, month TEXT,
  PRIMARY KEY (review_id, theme, start, "end")
) WITHOUT ROWID;
CREATE INDEX themes_by_month ON themes (month, theme, review_id, polarity, direction);

-- Keyed fingerprints of every reviewer's name: what the leak gate searches for.  No name stands here.
CREATE TABLE names (fingerprint TEXT PRIMARY KEY, words INTEGER NOT NULL) WITHOUT ROWID;

-- Runs that changed something.
CREATE TABLE runs (run INTEGER PRIMARY KEY, started TEXT NOT NULL, new INTEGER NOT NULL, edited INTEGER NOT NULL, duplicate INTEGER NOT NULL, rejected INTEGER NOT NULL);

INSERT INTO meta VALUES ('analysis', 'of version 2');
INSERT INTO files VALUES ('d1', 'd1.csv', 'google', 'google_takeout', 's', '2026-06-01', '', '{}', 2, 2, 0, 0, 0);
INSERT INTO reviews VALUES
  ('a', 'google', 'public', '2026-05-04', '2026-05', 'day', 5.0, '5', NULL, 'en', 'It helped my hip.', NULL, NULL, 0, 'p1', 'w1', NULL, '', 0.8, 'positive'),
  ('b', 'google', 'public', '2026-05-04', '2026-05', 'day', 5.0, '5', NULL, 'en', 'Other words.', NULL, NULL, 0, 'p1', 'w2', NULL, '', 0.1, 'mixed');
INSERT INTO places VALUES ('a', 'a', 'google', NULL), ('b', 'b', 'google', NULL);
INSERT INTO sightings VALUES ('a', 'd1', 1), ('b', 'd1', 2);
INSERT INTO themes VALUES ('a', 'pain_relief', 'positive', NULL, 0, 17, '2026-05');
