-- A store of the sixth version with two reviews.
CREATE TABLE failures (path TEXT NOT NULL, reason TEXT NOT NULL, digest TEXT NOT NULL, settings TEXT NOT NULL, kind TEXT NOT NULL);
CREATE TABLE files (
  digest TEXT PRIMARY KEY,
  path TEXT NOT NULL,
  source TEXT NOT NULL,
  form TEXT NOT NULL,
  settings TEXT NOT NULL DEFAULT '',
  seen_on TEXT NOT NULL DEFAULT '',
  export TEXT NOT NULL DEFAULT '',
  columns TEXT NOT NULL DEFAULT '{}',
  read INTEGER NOT NULL, new INTEGER NOT NULL, edited INTEGER NOT NULL, duplicate INTEGER NOT NULL, rejected INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO "files" VALUES('d1','d1.csv','google','google_takeout','','2026-06-01','all of May','{}',2,2,0,0,0);
INSERT INTO "files" VALUES('d2','d2.csv','google','google_takeout','','2026-06-02','','{}',1,0,1,0,0);
INSERT INTO "files" VALUES('d3','d3.csv','google','google_takeout','','2026-06-03','','{}',1,0,0,1,0);
CREATE TABLE forgotten (mark TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE label_themes (
  review_id TEXT NOT NULL REFERENCES labels ON UPDATE CASCADE ON DELETE CASCADE,
  theme TEXT NOT NULL, polarity TEXT NOT NULL, direction TEXT,
  PRIMARY KEY (review_id, theme)
) WITHOUT ROWID;
INSERT INTO "label_themes" VALUES('bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb','manner','absent',NULL);
CREATE TABLE labels (
  review_id TEXT PRIMARY KEY, sentiment TEXT NOT NULL, words TEXT NOT NULL, drawn INTEGER NOT NULL, labelled_on TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO "labels" VALUES('bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb','negative','w22ec19a38d75',0,'');
CREATE TABLE marks (mark INTEGER NOT NULL, review_id TEXT NOT NULL REFERENCES reviews, PRIMARY KEY (mark, review_id)) WITHOUT ROWID;
INSERT INTO "marks" VALUES(-9223372036854775553,'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb');
INSERT INTO "marks" VALUES(-9141386507638288913,'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb');
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO "meta" VALUES('schema_version','6');
CREATE TABLE names (fingerprint TEXT PRIMARY KEY, words INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO "names" VALUES('06cf95d719b0509055ed26f3',2);
INSERT INTO "names" VALUES('5537cdf09d58fcca81bb7ce4',1);
INSERT INTO "names" VALUES('5b93afeb0a5cfe686c714413',0);
INSERT INTO "names" VALUES('738db1eabfa4f23f69a0e912',-1);
INSERT INTO "names" VALUES('82419c8a8d5f2ff609a12545',1);
CREATE TABLE places (
  review_key TEXT PRIMARY KEY, review_id TEXT NOT NULL REFERENCES reviews, source TEXT NOT NULL, vanished TEXT,
  visibility TEXT NOT NULL DEFAULT '', posted_on TEXT, date_precision TEXT NOT NULL DEFAULT 'none', person TEXT
) WITHOUT ROWID;
INSERT INTO "places" VALUES('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','website',NULL,'public',NULL,'none','p2');
INSERT INTO "places" VALUES('bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb','bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb','google',NULL,'public','2026-05-04','day','p1');
INSERT INTO "places" VALUES('cccccccccccccccccccccccccccccccc','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','google','2026-07-01','public','2026-06-30','day','p2');
CREATE TABLE rejects (digest TEXT NOT NULL REFERENCES files, row INTEGER NOT NULL, reason TEXT NOT NULL);
CREATE TABLE reviews (
  review_id TEXT PRIMARY KEY,
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
) WITHOUT ROWID;
INSERT INTO "reviews" VALUES('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','google','public','2026-06-30','2026-06','day',5.0,NULL,NULL,'en','Other words.',NULL,NULL,0,'p2','we105eea00cc9',NULL,'2026-06-01','2026-06-30','','',0.8,'positive',NULL,NULL);
INSERT INTO "reviews" VALUES('bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb','google','public','2026-05-04','2026-05','day',2.0,NULL,NULL,'en','It came back after a week.',NULL,NULL,0,'p1','w22ec19a38d75','2026-06-01','2026-06-02','2026-06-01','','',0.8,'positive',NULL,NULL);
CREATE TABLE runs (run INTEGER PRIMARY KEY, started TEXT NOT NULL, new INTEGER NOT NULL, edited INTEGER NOT NULL, duplicate INTEGER NOT NULL, rejected INTEGER NOT NULL);
CREATE TABLE sightings (
  review_key TEXT NOT NULL REFERENCES places, digest TEXT NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (review_key, digest, row)
) WITHOUT ROWID;
INSERT INTO "sightings" VALUES('bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb','d1',1);
INSERT INTO "sightings" VALUES('cccccccccccccccccccccccccccccccc','d1',1);
INSERT INTO "sightings" VALUES('bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb','d2',1);
INSERT INTO "sightings" VALUES('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','d3',1);
CREATE TABLE theme_counts (
  month TEXT NOT NULL, theme TEXT NOT NULL, polarity TEXT NOT NULL, direction TEXT NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (month, theme, polarity, direction)
) WITHOUT ROWID;
INSERT INTO "theme_counts" VALUES('2026-05','manner','positive','',1);
INSERT INTO "theme_counts" VALUES('2026-05','value','negative','',0);
CREATE TABLE themes (
  review_id TEXT NOT NULL REFERENCES reviews, theme TEXT NOT NULL, polarity TEXT NOT NULL, direction TEXT,
  start INTEGER NOT NULL, "end" INTEGER NOT NULL, month TEXT,
  PRIMARY KEY (review_id, theme, start, "end")
) WITHOUT ROWID;
INSERT INTO "themes" VALUES('bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb','manner','positive',NULL,0,4,'2026-05');
CREATE TABLE unswept (trace BLOB PRIMARY KEY) WITHOUT ROWID;
INSERT INTO "unswept" VALUES(X'0000001184A4');
INSERT INTO "unswept" VALUES(X'9DB993');
INSERT INTO "unswept" VALUES(X'D9E9EB');
CREATE TABLE versions (
  review_id TEXT NOT NULL REFERENCES reviews, rating REAL, text TEXT, score REAL, sentiment TEXT NOT NULL, words TEXT, updated_on TEXT,
  said_on TEXT NOT NULL DEFAULT '', settings TEXT NOT NULL DEFAULT '', codes BLOB
);
INSERT INTO "versions" VALUES('bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb',5.0,'It helped my hip after years of limping to the bus, and I sleep again.',0.8,'positive','wfa23df960cdd',NULL,'2026-05-04','',X'616263');
CREATE INDEX reviews_by_month ON reviews (month, source, sentiment, rating, language);
CREATE INDEX reviews_by_date ON reviews (posted_on);
CREATE INDEX reviews_by_words ON reviews (words) WHERE words IS NOT NULL;
CREATE INDEX reviews_unanswered ON reviews (month, sentiment, rating, recommended, visibility, reply)
  WHERE visibility = 'public' AND coalesce(reply, '') = '' AND (sentiment = 'negative' OR rating <= 2 OR recommended = 'no');
CREATE INDEX reviews_by_edit ON reviews (updated_on) WHERE substr(updated_on, 1, 10) > substr(posted_on, 1, 10);
CREATE INDEX places_of_review ON places (review_id, source);
CREATE INDEX places_of_person ON places (person) WHERE person IS NOT NULL;
CREATE INDEX places_vanished ON places (vanished) WHERE vanished IS NOT NULL;
CREATE INDEX sightings_of_file ON sightings (digest);
CREATE INDEX versions_of_review ON versions (review_id);
CREATE INDEX marks_of_review ON marks (review_id);
CREATE INDEX themes_by_month ON themes (month, theme, review_id, polarity, direction);
CREATE VIEW current_labels AS
  SELECT review_id, labels.sentiment AS sentiment FROM labels JOIN reviews USING (review_id)
  WHERE labels.words = coalesce(reviews.words, '');
CREATE VIEW corrected_themes AS
  SELECT label_themes.review_id AS review_id, theme, polarity, direction, month
  FROM current_labels CROSS JOIN label_themes USING (review_id) CROSS JOIN reviews USING (review_id) WHERE polarity <> 'absent'
  UNION ALL
  SELECT themes.review_id, theme, polarity, direction, month FROM current_labels CROSS JOIN themes USING (review_id)
  WHERE NOT EXISTS (
    SELECT 1 FROM label_themes WHERE label_themes.review_id = themes.review_id AND label_themes.theme = themes.theme);
CREATE INDEX names_of_more ON names (words) WHERE words > 2;
