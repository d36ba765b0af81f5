-- From version 2 to 3.
-- What a person says a review says.
CREATE TABLE labels (
  review_id TEXT PRIMARY KEY, sentiment TEXT NOT NULL, words TEXT NOT NULL, drawn INTEGER NOT NULL, labelled_on TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE label_themes (
  review_id TEXT NOT NULL REFERENCES labels ON UPDATE CASCADE ON DELETE CASCADE,
  theme TEXT NOT NULL, polarity TEXT NOT NULL, direction TEXT,
  PRIMARY KEY (review_id, theme)
) WITHOUT ROWID;

CREATE VIEW current_labels AS
  SELECT review_id, labels.sentiment AS sentiment FROM labels JOIN reviews USING (review_id)
  WHERE labels.words = coalesce(reviews.words, '');

CREATE VIEW corrected_themes AS
  SELECT label_themes.review_id AS review_id, theme, polarity, direction, month
  FROM current_labels JOIN label_themes USING (review_id) JOIN reviews USING (review_id) WHERE polarity <> 'absent'
  UNION ALL
  SELECT themes.review_id, theme, polarity, direction, month FROM current_labels JOIN themes USING (review_id)
  WHERE NOT EXISTS (
    SELECT 1 FROM label_themes WHERE label_themes.review_id = themes.review_id AND label_themes.theme = themes.theme);

-- What each place says of a review, and the day of each version, so that no order of files matters.
ALTER TABLE reviews ADD COLUMN said_on TEXT NOT NULL DEFAULT '';
ALTER TABLE reviews ADD COLUMN replied_on TEXT NOT NULL DEFAULT '';
ALTER TABLE reviews ADD COLUMN settings TEXT NOT NULL DEFAULT '';
ALTER TABLE versions ADD COLUMN said_on TEXT NOT NULL DEFAULT '';
ALTER TABLE versions ADD COLUMN settings TEXT NOT NULL DEFAULT '';
ALTER TABLE places ADD COLUMN visibility TEXT NOT NULL DEFAULT '';
ALTER TABLE places ADD COLUMN posted_on TEXT;
ALTER TABLE places ADD COLUMN date_precision TEXT NOT NULL DEFAULT 'none';
ALTER TABLE places ADD COLUMN person TEXT;
CREATE INDEX places_of_person ON places (person) WHERE person IS NOT NULL;

UPDATE reviews SET said_on = coalesce(
  updated_on, CASE WHEN date_precision IN ('day', 'second') THEN posted_on END, '');
UPDATE versions SET said_on = coalesce(updated_on, '');
UPDATE places SET (visibility, posted_on, date_precision, person) = (
  SELECT visibility, posted_on, date_precision, person FROM reviews WHERE reviews.review_id = places.review_id);

-- Every file is read again, as answers and staff change texts from now on.
UPDATE files SET settings = 'read by version 2';
UPDATE meta SET value = '3' WHERE key = 'schema_version';
