-- The tables of version 1 of the store, for the test of the migration.
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- The ledger: which contents were read.  A file is known by what is in it, not by its name.
CREATE TABLE files (
  digest TEXT PRIMARY KEY,
  path TEXT NOT NULL,
  source TEXT NOT NULL,
  form TEXT NOT NULL,
  read INTEGER NOT NULL, new INTEGER NOT NULL, edited INTEGER NOT NULL, duplicate INTEGER NOT NULL, rejected INTEGER NOT NULL
) WITHOUT ROWID;

-- Rows that were refused: where and why, never what they said.
CREATE TABLE rejects (digest TEXT NOT NULL REFERENCES files, row INTEGER NOT NULL, reason TEXT NOT NULL);

-- Files that cannot be read at present; each run looks again.
CREATE TABLE failures (path TEXT PRIMARY KEY, reason TEXT NOT NULL) WITHOUT ROWID;

-- One row an opinion: the same words of the same person in two places are one review.
CREATE TABLE reviews (
  review_id TEXT PRIMARY KEY,
  source TEXT NOT NULL, visibility TEXT NOT NULL,
  posted_on TEXT, month TEXT, date_precision TEXT NOT NULL,
  rating REAL, rating_given TEXT, recommended TEXT,
  language TEXT, text TEXT, original TEXT, reply TEXT, truncated INTEGER NOT NULL,
  person TEXT, words TEXT,
  score REAL, sentiment TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX reviews_by_month ON reviews (month, source, sentiment, rating, language);
CREATE INDEX reviews_by_date ON reviews (posted_on);
CREATE INDEX reviews_by_words ON reviews (words) WHERE words IS NOT NULL;

-- Where each review was seen; review_key is the platform's identity, hashed.
CREATE TABLE places (
  review_key TEXT PRIMARY KEY, review_id TEXT NOT NULL REFERENCES reviews, source TEXT NOT NULL, digest TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX places_of_review ON places (review_id, source);

-- What an edited review said before.
CREATE TABLE versions (review_id TEXT NOT NULL REFERENCES reviews, rating REAL, text TEXT, score REAL, sentiment TEXT NOT NULL);

CREATE TABLE themes (
  review_id TEXT NOT NULL REFERENCES reviews, theme TEXT NOT NULL, polarity TEXT NOT NULL, direction TEXT,
  start INTEGER NOT NULL, "end" INTEGER NOT NULL, month TEXT
);
CREATE INDEX themes_of_review ON themes (review_id);
CREATE INDEX themes_by_month ON themes (month, theme, review_id, polarity, direction);

-- Keyed fingerprints of every reviewer's name: what the leak gate searches for.  No name stands here.
CREATE TABLE names (fingerprint TEXT PRIMARY KEY, words INTEGER NOT NULL) WITHOUT ROWID;

-- Runs that changed something.
CREATE TABLE runs (run INTEGER PRIMARY KEY, started TEXT NOT NULL, new INTEGER NOT NULL, edited INTEGER NOT NULL, duplicate INTEGER NOT NULL, rejected INTEGER NOT NULL);

-- Two reviews of one file, as the first version kept them.
INSERT INTO meta VALUES ('schema_version', '1');
INSERT INTO files VALUES ('d1', 'd1.csv', 'google', 'google_takeout', 2, 2, 0, 0, 0);
INSERT INTO reviews (review_id, source, visibility, posted_on, month, date_precision, rating, language, text, truncated, person, words, score, sentiment)
VALUES ('a', 'google', 'public', '2026-05-04', '2026-05', 'day', 5.0, 'en', 'It helped my hip.', 0, 'p1', 'w036ec66b6635', 0.8, 'positive'),
       ('b', 'google', 'public', '2026-05-04', '2026-05', 'day', 5.0, 'en', 'Other words.', 0, 'p1', 'we105eea00cc9', 0.8, 'positive');
INSERT INTO places VALUES ('a', 'a', 'google', 'd1'), ('b', 'b', 'google', 'd1');
