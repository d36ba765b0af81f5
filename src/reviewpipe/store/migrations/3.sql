-- From version 3 to 4.
-- What waits for an answer in public, what was edited since it was posted, what vanished: found without reading all.
CREATE INDEX reviews_unanswered ON reviews (month)
  WHERE visibility = 'public' AND coalesce(reply, '') = '' AND (sentiment = 'negative' OR rating <= 2 OR recommended = 'no');
CREATE INDEX reviews_by_edit ON reviews (updated_on) WHERE substr(updated_on, 1, 10) > substr(posted_on, 1, 10);
CREATE INDEX places_vanished ON places (vanished) WHERE vanished IS NOT NULL;
UPDATE meta SET value = '4' WHERE key = 'schema_version';
