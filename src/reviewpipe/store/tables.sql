-- The store's tables.  Whatever changes here needs a new SCHEMA_VERSION and a file in migrations/ that gets there.
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO meta VALUES ('schema_version', '7');

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

-- Files that give no reviews at present; each run looks again.  Hidden names can make two places look the same, so the
-- digest of the content (where it can be had) and the settings that it was tried with say what was told before.
CREATE TABLE failures (path TEXT NOT NULL, reason TEXT NOT NULL, digest TEXT NOT NULL, settings TEXT NOT NULL, kind TEXT NOT NULL);

-- One row an opinion: the same words of the same person in two places are one review.  It is called by the least of its
-- keys, its date and source are those of its best place, its words those of the newest version that is whole.
-- Ids are digests, in no order: rows that were called by them would lie all over the file, and each new review would
-- change a page for every row.  So all that hangs on a review is called by its number and lies at the end, where it came.
CREATE TABLE reviews (
  number INTEGER PRIMARY KEY,
  review_id TEXT NOT NULL UNIQUE,
  source TEXT NOT NULL, visibility TEXT NOT NULL,
  posted_on TEXT, month TEXT, date_precision TEXT NOT NULL,
  rating REAL, rating_given TEXT, recommended TEXT,
  language TEXT, text TEXT, original TEXT, reply TEXT, truncated INTEGER NOT NULL,
  person TEXT, words TEXT,
  updated_on TEXT, seen_on TEXT NOT NULL DEFAULT '',
  said_on TEXT NOT NULL DEFAULT '',     -- the day of these words: of their edit, else of the review, where it is exact
  replied_on TEXT NOT NULL DEFAULT '',  -- when the file was made that holds the answer
  settings TEXT NOT NULL DEFAULT '',    -- with which the words were read
  score REAL, sentiment TEXT NOT NULL,
  codes BLOB, reply_codes BLOB          -- keyed codes of the words of text and original, and of the answer (see `unswept`)
);
CREATE INDEX reviews_by_month ON reviews (month, source, sentiment, rating, language);
CREATE INDEX reviews_by_date ON reviews (posted_on);
CREATE INDEX reviews_by_words ON reviews (words) WHERE words IS NOT NULL;
-- What waits for an answer in public, and what was edited since it was posted.
CREATE INDEX reviews_unanswered ON reviews (month, sentiment, rating, recommended, visibility, reply)
  WHERE visibility = 'public' AND coalesce(reply, '') = '' AND (sentiment = 'negative' OR rating <= 2 OR recommended = 'no');
CREATE INDEX reviews_by_edit ON reviews (updated_on) WHERE substr(updated_on, 1, 10) > substr(posted_on, 1, 10);

-- Where each review stands, and what that place says of it; review_key is the platform's identity, hashed.  `vanished` is the date of the newest export of
-- all reviews in which it is missing.
CREATE TABLE places (
  place INTEGER PRIMARY KEY,
  review_key TEXT NOT NULL UNIQUE, number INTEGER NOT NULL REFERENCES reviews, source TEXT NOT NULL, vanished TEXT,
  visibility TEXT NOT NULL DEFAULT '', posted_on TEXT, date_precision TEXT NOT NULL DEFAULT 'none', person TEXT
);
CREATE INDEX places_of_review ON places (number, source);
CREATE INDEX places_of_person ON places (person) WHERE person IS NOT NULL;
CREATE INDEX places_vanished ON places (vanished) WHERE vanished IS NOT NULL;

-- In which file and row it was read.
CREATE TABLE sightings (
  place INTEGER NOT NULL REFERENCES places, digest TEXT NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (place, digest, row)
) WITHOUT ROWID;
CREATE INDEX sightings_of_file ON sightings (digest);

-- What an edited review said before, or says elsewhere.
CREATE TABLE versions (
  number INTEGER NOT NULL REFERENCES reviews, rating REAL, text TEXT, score REAL, sentiment TEXT NOT NULL, words TEXT, updated_on TEXT,
  said_on TEXT NOT NULL DEFAULT '', settings TEXT NOT NULL DEFAULT '', codes BLOB
);
CREATE INDEX versions_of_review ON versions (number);

-- Keyed numbers by which nearly equal texts find each other.
CREATE TABLE marks (mark INTEGER NOT NULL, number INTEGER NOT NULL REFERENCES reviews, PRIMARY KEY (mark, number)) WITHOUT ROWID;
CREATE INDEX marks_of_review ON marks (number);

-- Keyed marks of what was forgotten at somebody's request, so that no import brings it back.
CREATE TABLE forgotten (mark TEXT PRIMARY KEY) WITHOUT ROWID;

CREATE TABLE themes (
  number INTEGER NOT NULL REFERENCES reviews, theme TEXT NOT NULL, polarity TEXT NOT NULL, direction TEXT,
  start INTEGER NOT NULL, "end" INTEGER NOT NULL, month TEXT,
  PRIMARY KEY (number, theme, start, "end")
) WITHOUT ROWID;
CREATE INDEX themes_by_month ON themes (month, theme, number, polarity, direction);

-- How many reviews of a month say what of a theme, kept up to date with every review: counting them takes long.  '' for none.
CREATE TABLE theme_counts (
  month TEXT NOT NULL, theme TEXT NOT NULL, polarity TEXT NOT NULL, direction TEXT NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (month, theme, polarity, direction)
) WITHOUT ROWID;

-- What a person says a review says; it overrides the machine as long as the words are those that were read (`words` as in
-- reviews).  review_id may be any of a review's keys while it is read again, so nothing refers to it.
CREATE TABLE labels (
  review_id TEXT PRIMARY KEY, sentiment TEXT NOT NULL, words TEXT NOT NULL, drawn INTEGER NOT NULL, labelled_on TEXT NOT NULL
) WITHOUT ROWID;

-- For each theme the person judged: its polarity, or that it is absent.
CREATE TABLE label_themes (
  review_id TEXT NOT NULL REFERENCES labels ON UPDATE CASCADE ON DELETE CASCADE,
  theme TEXT NOT NULL, polarity TEXT NOT NULL, direction TEXT,
  PRIMARY KEY (review_id, theme)
) WITHOUT ROWID;

CREATE VIEW current_labels AS
  SELECT number, review_id, labels.sentiment AS sentiment FROM labels JOIN reviews USING (review_id)
  WHERE labels.words = coalesce(reviews.words, '');

-- The themes of the reviews with a current label as they count: the person's word, else the machine's.  Few are labelled,
-- so the labels come first, as CROSS JOIN tells SQLite.
CREATE VIEW corrected_themes AS
  SELECT reviews.number AS number, theme, polarity, direction, month
  FROM current_labels CROSS JOIN label_themes USING (review_id) CROSS JOIN reviews USING (review_id) WHERE polarity <> 'absent'
  UNION ALL
  SELECT number, theme, polarity, direction, month FROM current_labels CROSS JOIN themes USING (number)
  WHERE NOT EXISTS (
    SELECT 1 FROM label_themes WHERE label_themes.review_id = current_labels.review_id AND label_themes.theme = themes.theme);

-- Keyed fingerprints of every reviewer's name, 64 bits each: what the leak gate searches for.  No name stands here.
CREATE TABLE names (name INTEGER PRIMARY KEY, words INTEGER NOT NULL);
CREATE INDEX names_of_more ON names (words) WHERE words > 2;

-- Traces of names that were met since all texts were last searched: what may hold such a name has all codes of a trace.
-- Every text has all codes of the empty one.
CREATE TABLE unswept (trace BLOB PRIMARY KEY) WITHOUT ROWID;

-- Runs that changed something.
CREATE TABLE runs (run INTEGER PRIMARY KEY, started TEXT NOT NULL, new INTEGER NOT NULL, edited INTEGER NOT NULL, duplicate INTEGER NOT NULL, rejected INTEGER NOT NULL);
