-- For libraries of a million assets.

-- What is searched is folded and cut into words before it comes here (store/search_texts.rs): the tokenizer only cuts at
-- spaces. `search_earlier` has a row for each event by which an asset's texts changed, with the words that came and went.
DROP TABLE search;
CREATE VIRTUAL TABLE search USING fts5 (
    filename, title, caption, byline, keywords, other, signs,
    content = '', contentless_delete = 1, tokenize = 'ascii', prefix = '1 2 3'
);
DROP TABLE search_earlier;
CREATE VIRTUAL TABLE search_earlier USING fts5 (
    text, content = '', contentless_delete = 1, tokenize = 'ascii', prefix = '1 2 3'
);

-- The list of events is filtered by a few words, of which few combinations occur: one index has each of them in order
-- of time, where there was one for each of the words.
CREATE TABLE event_facets (
    id        INTEGER PRIMARY KEY,              -- made of the words: the same in every library
    kind      TEXT NOT NULL,
    change    TEXT NOT NULL,
    operation TEXT,
    archive   TEXT NOT NULL
) STRICT;
ALTER TABLE events ADD COLUMN facet INTEGER NOT NULL DEFAULT 0;
DROP INDEX events_by_kind;
DROP INDEX events_by_change;
DROP INDEX events_by_operation;
DROP INDEX events_by_archive;
CREATE INDEX events_by_facet ON events (facet, created_ms, turn, public_id);
DROP TABLE changed_fields;
CREATE TABLE changed_fields (
    field      INTEGER NOT NULL,                -- number of the metadata field; below 0 a property of the file
    facet      INTEGER NOT NULL,                -- of the event
    created_ms INTEGER NOT NULL,                -- of the event
    event      INTEGER NOT NULL,
    PRIMARY KEY (field, facet, created_ms, event)
) STRICT, WITHOUT ROWID;

-- How many assets there are of each kind that the sidebar and the filters tell apart. Whoever writes assets need not know.
CREATE TABLE asset_counts (
    archive TEXT NOT NULL,
    state   TEXT NOT NULL,
    change  TEXT NOT NULL,
    picture TEXT NOT NULL,
    doctype TEXT NOT NULL,
    assets  INTEGER NOT NULL,
    PRIMARY KEY (archive, state, change, picture, doctype)
) STRICT, WITHOUT ROWID;
INSERT INTO asset_counts SELECT archive, state, change, picture, doctype, count(*) FROM assets
    GROUP BY archive, state, change, picture, doctype;
CREATE TRIGGER asset_came AFTER INSERT ON assets BEGIN
    INSERT INTO asset_counts VALUES (new.archive, new.state, new.change, new.picture, new.doctype, 1)
        ON CONFLICT DO UPDATE SET assets = assets + 1;
END;
CREATE TRIGGER asset_left AFTER DELETE ON assets BEGIN
    UPDATE asset_counts SET assets = assets - 1 WHERE archive = old.archive AND state = old.state
        AND change = old.change AND picture = old.picture AND doctype = old.doctype;
    DELETE FROM asset_counts WHERE archive = old.archive AND state = old.state
        AND change = old.change AND picture = old.picture AND doctype = old.doctype AND assets = 0;
END;
CREATE TRIGGER asset_changed AFTER UPDATE OF archive, state, change, picture, doctype ON assets
WHEN (old.archive, old.state, old.change, old.picture, old.doctype)
    IS NOT (new.archive, new.state, new.change, new.picture, new.doctype) BEGIN
    INSERT INTO asset_counts VALUES (new.archive, new.state, new.change, new.picture, new.doctype, 1)
        ON CONFLICT DO UPDATE SET assets = assets + 1;
    UPDATE asset_counts SET assets = assets - 1 WHERE archive = old.archive AND state = old.state
        AND change = old.change AND picture = old.picture AND doctype = old.doctype;
    DELETE FROM asset_counts WHERE archive = old.archive AND state = old.state
        AND change = old.change AND picture = old.picture AND doctype = old.doctype AND assets = 0;
END;
DROP INDEX assets_by_archive;

-- What of the search index changed, transaction by transaction: what is remembered of an answer is brought up to date by
-- the assets that are named here since. NULL is all of them.
CREATE TABLE search_log (
    number INTEGER PRIMARY KEY,
    assets TEXT                                 -- JSON list of their row numbers
) STRICT;
INSERT INTO search_log VALUES (1, NULL);
CREATE TRIGGER asset_left_search AFTER DELETE ON assets BEGIN
    INSERT INTO search_log (assets) VALUES ('[' || old.id || ']');
END;
