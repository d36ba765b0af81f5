-- From version 6 to 7.
-- Rows hang on a review's number, not on its id, and names are numbers: see tables.sql.
DROP VIEW corrected_themes;
DROP VIEW current_labels;
ALTER TABLE reviews RENAME TO old_reviews;
ALTER TABLE places RENAME TO old_places;
ALTER TABLE sightings RENAME TO old_sightings;
ALTER TABLE versions RENAME TO old_versions;
ALTER TABLE marks RENAME TO old_marks;
ALTER TABLE themes RENAME TO old_themes;
ALTER TABLE names RENAME TO old_names;

CREATE TABLE reviews (
  number INTEGER PRIMARY KEY,
  review_id TEXT NOT NULL UNIQUE,
  source TEXT NOT NULL, visibility TEXT NOT NULL,
  posted_on TEXT, month TEXT, date_precision TEXT NOT NULL,
  rating REAL, rating_given TEXT, recommended TEXT,
  language TEXT, text TEXT, original TEXT, reply TEXT, truncated INTEGER NOT NULL,
  person TEXT, words TEXT,
  updated_on TEXT, seen_on TEXT NOT NULL DEFAULT '',
  said_on TEXT NOT NULL DEFAULT '',
  replied_on TEXT NOT NULL DEFAULT '',
  settings TEXT NOT NULL DEFAULT '',
  score REAL, sentiment TEXT NOT NULL,
  codes BLOB, reply_codes BLOB
);
CREATE TABLE places (
  place INTEGER PRIMARY KEY,
  review_key TEXT NOT NULL UNIQUE, number INTEGER NOT NULL REFERENCES reviews, source TEXT NOT NULL, vanished TEXT,
  visibility TEXT NOT NULL DEFAULT '', posted_on TEXT, date_precision TEXT NOT NULL DEFAULT 'none', person TEXT
);
CREATE TABLE sightings (
  place INTEGER NOT NULL REFERENCES places, digest TEXT NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (place, digest, row)
) WITHOUT ROWID;
CREATE TABLE versions (
  number INTEGER NOT NULL REFERENCES reviews, rating REAL, text TEXT, score REAL, sentiment TEXT NOT NULL, words TEXT, updated_on TEXT,
  said_on TEXT NOT NULL DEFAULT '', settings TEXT NOT NULL DEFAULT '', codes BLOB
);
CREATE TABLE marks (mark INTEGER NOT NULL, number INTEGER NOT NULL REFERENCES reviews, PRIMARY KEY (mark, number)) WITHOUT ROWID;
CREATE TABLE themes (
  number INTEGER NOT NULL REFERENCES reviews, theme TEXT NOT NULL, polarity TEXT NOT NULL, direction TEXT,
  start INTEGER NOT NULL, "end" INTEGER NOT NULL, month TEXT,
  PRIMARY KEY (number, theme, start, "end")
) WITHOUT ROWID;
CREATE TABLE names (name INTEGER PRIMARY KEY, words INTEGER NOT NULL);

INSERT INTO reviews (review_id, source, visibility, posted_on, month, date_precision, rating, rating_given, recommended, language, text, original, reply, truncated, person, words, updated_on, seen_on, said_on, replied_on, settings, score, sentiment, codes, reply_codes)
SELECT review_id, source, visibility, posted_on, month, date_precision, rating, rating_given, recommended, language, text, original, reply, truncated, person, words, updated_on, seen_on, said_on, replied_on, settings, score, sentiment, codes, reply_codes FROM old_reviews ORDER BY review_id;
INSERT INTO places (number, review_key, source, vanished, visibility, posted_on, date_precision, person)
SELECT number, review_key, old_places.source, vanished, old_places.visibility, old_places.posted_on, old_places.date_precision, old_places.person FROM old_places JOIN reviews USING (review_id) ORDER BY number, review_key;
INSERT INTO sightings SELECT place, digest, row FROM old_sightings JOIN places USING (review_key);
INSERT INTO versions (number, rating, text, score, sentiment, words, updated_on, said_on, settings, codes)
SELECT number, old_versions.rating, old_versions.text, old_versions.score, old_versions.sentiment, old_versions.words, old_versions.updated_on, old_versions.said_on, old_versions.settings, old_versions.codes
FROM old_versions JOIN reviews USING (review_id) ORDER BY old_versions.rowid;
INSERT INTO marks SELECT mark, number FROM old_marks JOIN reviews USING (review_id);
INSERT INTO themes
SELECT number, theme, polarity, direction, start, "end", old_themes.month FROM old_themes JOIN reviews USING (review_id);
INSERT OR IGNORE INTO names SELECT numbered(fingerprint, words), words FROM old_names;  -- numbered: in database.py

DROP TABLE old_themes;
DROP TABLE old_marks;
DROP TABLE old_versions;
DROP TABLE old_sightings;
DROP TABLE old_places;
DROP TABLE old_reviews;
DROP TABLE old_names;

CREATE INDEX reviews_by_month ON reviews (month, source, sentiment, rating, language);
CREATE INDEX reviews_by_date ON reviews (posted_on);
CREATE INDEX reviews_by_words ON reviews (words) WHERE words IS NOT NULL;
CREATE INDEX reviews_unanswered ON reviews (month, sentiment, rating, recommended, visibility, reply)
  WHERE visibility = 'public' AND coalesce(reply, '') = '' AND (sentiment = 'negative' OR rating <= 2 OR recommended = 'no');
CREATE INDEX reviews_by_edit ON reviews (updated_on) WHERE substr(updated_on, 1, 10) > substr(posted_on, 1, 10);
CREATE INDEX places_of_review ON places (number, source);
CREATE INDEX places_of_person ON places (person) WHERE person IS NOT NULL;
CREATE INDEX places_vanished ON places (vanished) WHERE vanished IS NOT NULL;
CREATE INDEX sightings_of_file ON sightings (digest);
CREATE INDEX versions_of_review ON versions (number);
CREATE INDEX marks_of_review ON marks (number);
CREATE INDEX themes_by_month ON themes (month, theme, number, polarity, direction);
CREATE INDEX names_of_more ON names (words) WHERE words > 2;

CREATE VIEW current_labels AS
  SELECT number, review_id, labels.sentiment AS sentiment FROM labels JOIN reviews USING (review_id)
  WHERE labels.words = coalesce(reviews.words, '');
CREATE VIEW corrected_themes AS
  SELECT reviews.number AS number, theme, polarity, direction, month
  FROM current_labels CROSS JOIN label_themes USING (review_id) CROSS JOIN reviews USING (review_id) WHERE polarity <> 'absent'
  UNION ALL
  SELECT number, theme, polarity, direction, month FROM current_labels CROSS JOIN themes USING (number)
  WHERE NOT EXISTS (
    SELECT 1 FROM label_themes WHERE label_themes.review_id = current_labels.review_id AND label_themes.theme = themes.theme);

UPDATE meta SET value = '7' WHERE key = 'schema_version';
