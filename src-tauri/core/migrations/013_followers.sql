-- Those that follow the log of deliveries: the projection, the thumbnails that are made here, notifications. How far each has
-- come is a delivery's number. No number is given twice, so a rebuild or a removal leaves every place good.
CREATE TABLE followers (
    name     TEXT PRIMARY KEY,
    through  INTEGER NOT NULL,                  -- the last delivery that it has handled
    failures INTEGER NOT NULL DEFAULT 0,        -- how often in a row it has failed at what comes next
    problem  TEXT                               -- why it failed last, in words, for people
) STRICT, WITHOUT ROWID;
INSERT INTO followers (name, through) SELECT 'projection', through FROM projection;
ALTER TABLE projection DROP COLUMN through;
