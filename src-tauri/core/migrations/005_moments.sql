-- Looking back. All of it is projection.

-- A row for each event of an asset: the asset as it stood from this event until the next one. Events of one moment give
-- empty spans, which are never seen. Kept together by asset, in order of time.
CREATE TABLE moments (
    asset         INTEGER NOT NULL,
    nth           INTEGER NOT NULL,             -- of its events, from 0
    event         INTEGER NOT NULL,
    from_ms       INTEGER NOT NULL,
    until_ms      INTEGER NOT NULL,             -- the largest number there is: it is so now
    shown         INTEGER NOT NULL,             -- the event whose state and pictures stand for the asset
    version_count INTEGER NOT NULL,
    public_id     TEXT NOT NULL,                -- of the asset: breaks ties as it does now
    name_key      TEXT NOT NULL,
    state         TEXT NOT NULL,
    change        TEXT NOT NULL,
    archive       TEXT NOT NULL,
    picture       TEXT NOT NULL,                -- how the pictures of `shown` stand today: they have no history
    doctype       TEXT NOT NULL,
    ratio         INTEGER NOT NULL,
    PRIMARY KEY (asset, nth)
) STRICT, WITHOUT ROWID;
CREATE INDEX moments_newest ON moments
    (from_ms DESC, public_id, until_ms, ratio, state, change, archive, picture, doctype);
CREATE INDEX moments_by_name ON moments
    (name_key, public_id, from_ms, until_ms, ratio, state, change, archive, picture, doctype);
CREATE INDEX moments_first ON moments (from_ms) WHERE nth = 0;

ALTER TABLE events ADD COLUMN doctype TEXT NOT NULL DEFAULT '';

-- What an asset's earlier versions said and its present one does not: which assets may have matched a search once.
CREATE VIRTUAL TABLE search_earlier USING fts5 (
    text, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3'
);

-- How many events were created in each hour since 1970.
CREATE TABLE hours (
    hour   INTEGER PRIMARY KEY,
    events INTEGER NOT NULL
) STRICT;
