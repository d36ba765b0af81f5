-- From version 2 to 3: what each place says of a review, and the day of each version, so that no order of files matters.
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
