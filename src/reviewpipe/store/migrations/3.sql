-- From version 3 to 4.
-- What waits for an answer in public, what was edited since it was posted, what vanished: found without reading all.
CREATE INDEX reviews_unanswered ON reviews (month, sentiment, rating, recommended, visibility, reply)
  WHERE visibility = 'public' AND coalesce(reply, '') = '' AND (sentiment = 'negative' OR rating <= 2 OR recommended = 'no');
CREATE INDEX reviews_by_edit ON reviews (updated_on) WHERE substr(updated_on, 1, 10) > substr(posted_on, 1, 10);
CREATE INDEX places_vanished ON places (vanished) WHERE vanished IS NOT NULL;

-- How many reviews of a month say what of a theme, kept up to date with every review: counting them takes long.  '' for none.
CREATE TABLE theme_counts (
  month TEXT NOT NULL, theme TEXT NOT NULL, polarity TEXT NOT NULL, direction TEXT NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (month, theme, polarity, direction)
) WITHOUT ROWID;
INSERT INTO theme_counts
SELECT coalesce(month, ''), theme, polarity, coalesce(direction, ''), count(*) FROM (
  SELECT month, theme,
    CASE WHEN min(direction) = max(direction) THEN min(direction) WHEN min(direction) IS NOT NULL THEN 'neutral' END AS direction,
    CASE WHEN max(polarity = 'mixed') OR (max(polarity = 'positive') AND max(polarity = 'negative')) THEN 'mixed'
         WHEN max(polarity = 'positive') THEN 'positive' WHEN max(polarity = 'negative') THEN 'negative' ELSE 'neutral' END AS polarity
  FROM themes GROUP BY month, theme, review_id)
GROUP BY 1, 2, 3, 4;

-- As before, but the few labels come first.
DROP VIEW corrected_themes;
CREATE VIEW corrected_themes AS
  SELECT label_themes.review_id AS review_id, theme, polarity, direction, month
  FROM current_labels CROSS JOIN label_themes USING (review_id) CROSS JOIN reviews USING (review_id) WHERE polarity <> 'absent'
  UNION ALL
  SELECT themes.review_id, theme, polarity, direction, month FROM current_labels CROSS JOIN themes USING (review_id)
  WHERE NOT EXISTS (
    SELECT 1 FROM label_themes WHERE label_themes.review_id = themes.review_id AND label_themes.theme = themes.theme);

UPDATE meta SET value = '4' WHERE key = 'schema_version';
