-- Each run of an import is a batch, so that what a mistaken one brought can be taken back.
CREATE TABLE imports (
    id       INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
    begun_ms INTEGER NOT NULL,
    ended_ms INTEGER,                           -- NULL if it was cut off
    source   TEXT NOT NULL                      -- the paths that were given, one a line
) STRICT;

-- The import that brought a delivery. NULL if the webhook listener heard it.
ALTER TABLE deliveries ADD COLUMN import INTEGER REFERENCES imports (id);
CREATE INDEX deliveries_by_import ON deliveries (import, outcome) WHERE import IS NOT NULL;
