-- From version 2 to 3: what a person says a review says.
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

UPDATE meta SET value = '3' WHERE key = 'schema_version';
