-- A check names its words one by one: IN over more than two would make a temporary table for every row.

-- What came in, as it came (secrets redacted). Everything below `deliveries` is a projection of it and can be made
-- anew, but for `renditions`, `blobs` and `settings`: pictures cannot be fetched twice.
CREATE TABLE deliveries (
    id           INTEGER PRIMARY KEY AUTOINCREMENT, -- order of arrival; never used twice
    received_ms  INTEGER NOT NULL,
    kind         TEXT NOT NULL,                 -- of the hook URL
    content_type TEXT,
    outcome      TEXT NOT NULL CHECK (outcome = 'event' OR outcome = 'duplicate' OR outcome = 'unreadable'),
    problem      TEXT,
    dedupe       BLOB NOT NULL,                 -- 16 bytes over kind and webhook id, or over the body
    size         INTEGER NOT NULL,              -- bytes as received
    body         BLOB NOT NULL                  -- zstd
) STRICT;
CREATE UNIQUE INDEX deliveries_once ON deliveries (dedupe) WHERE outcome = 'event';
CREATE INDEX deliveries_by_outcome ON deliveries (outcome, id);

-- One row for each delivery that is no duplicate and can be read. `id` is the delivery's.
CREATE TABLE events (
    id            INTEGER PRIMARY KEY REFERENCES deliveries (id),
    public_id     TEXT NOT NULL UNIQUE,
    received_ms   INTEGER NOT NULL,
    created_ms    INTEGER NOT NULL,             -- Fotoware's time: the order of events
    modified_ms   INTEGER NOT NULL,
    kind          TEXT NOT NULL,
    change        TEXT NOT NULL,
    operation     TEXT,
    webhook_id    TEXT,
    previous_name TEXT,
    filename      TEXT NOT NULL,
    title         TEXT NOT NULL,
    archive       TEXT NOT NULL,
    href          TEXT NOT NULL,
    ratio         REAL,
    state_hash    INTEGER NOT NULL,
    identity      TEXT NOT NULL,                -- JSON of fotoware::Identity
    cluster       INTEGER NOT NULL,             -- events that share a name, directly or through others
    -- Projected: which asset, which of its versions, and whether this event made that version.
    asset         INTEGER REFERENCES assets (id),
    version       INTEGER,
    opens_version INTEGER NOT NULL DEFAULT 0,
    previous      INTEGER                       -- the event that made the version before
) STRICT;
CREATE INDEX events_by_cluster ON events (cluster);
CREATE INDEX events_by_asset ON events (asset, created_ms, id);
CREATE INDEX events_by_time ON events (created_ms, modified_ms, public_id);

CREATE TABLE states (
    event INTEGER PRIMARY KEY REFERENCES events (id),
    state TEXT NOT NULL                         -- JSON of fotoware::AssetState
) STRICT;

CREATE TABLE changes (
    event   INTEGER PRIMARY KEY REFERENCES events (id),
    changes TEXT NOT NULL                       -- JSON list of fotoware::FieldChange, against the version before
) STRICT;

CREATE TABLE identity_keys (
    key     BLOB PRIMARY KEY,
    cluster INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX identity_keys_by_cluster ON identity_keys (cluster);

CREATE TABLE assets (
    id              INTEGER PRIMARY KEY,
    public_id       TEXT NOT NULL UNIQUE,
    cluster         INTEGER NOT NULL,
    last_ms         INTEGER NOT NULL,           -- when its last event was created
    name_key        TEXT NOT NULL,              -- file name as it sorts
    state           TEXT NOT NULL CHECK (state = 'present' OR state = 'deleted'),
    change          TEXT NOT NULL,              -- of its last event
    archive         TEXT NOT NULL,
    picture         TEXT NOT NULL CHECK (picture = 'kept' OR picture = 'waiting' OR picture = 'missing'),
    doctype         TEXT NOT NULL,
    ratio           INTEGER NOT NULL,           -- width over height, 0..255 on a scale of logarithms
    filename        TEXT NOT NULL,
    title           TEXT NOT NULL,
    byline          TEXT NOT NULL,
    description     TEXT NOT NULL,
    tags            TEXT NOT NULL,              -- joined with '; '
    href            TEXT NOT NULL,
    file_size       INTEGER,
    pixel_width     INTEGER,
    pixel_height    INTEGER,
    asset_created_ms  INTEGER,
    asset_modified_ms INTEGER,
    first_seen_ms   INTEGER NOT NULL,
    last_seen_ms    INTEGER NOT NULL,
    version_count   INTEGER NOT NULL,
    shown           INTEGER NOT NULL,           -- the event whose state and pictures stand for the asset
    thumbnail_state TEXT NOT NULL,
    preview_state   TEXT NOT NULL,
    thumbnail       BLOB,                       -- the best that is kept, of this version or an earlier one
    preview         BLOB,
    names           TEXT NOT NULL,              -- JSON: every name it had, last first
    search_stale    INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX assets_by_cluster ON assets (cluster);
CREATE INDEX assets_newest ON assets (last_ms DESC, public_id, ratio, state, change, archive, picture, doctype);
CREATE INDEX assets_by_name ON assets (name_key, public_id, ratio, state, change, archive, picture, doctype, last_ms);
CREATE INDEX assets_by_archive ON assets (archive, change, state, picture);
CREATE INDEX assets_unindexed ON assets (id) WHERE search_stale = 1;

-- The shown state's metadata, apart from `assets` so that the gallery does not read past it.
CREATE TABLE asset_fields (
    asset  INTEGER PRIMARY KEY REFERENCES assets (id),
    ids    TEXT NOT NULL,                       -- the numbers, ascending, joined with ','
    fields TEXT NOT NULL                        -- JSON: number -> list of values
) STRICT;

CREATE TABLE labels (
    field      INTEGER PRIMARY KEY,
    label      TEXT NOT NULL,
    created_ms INTEGER NOT NULL                 -- of the notice that taught it: the latest one holds
) STRICT;

CREATE TABLE renditions (
    event      INTEGER NOT NULL,
    role       TEXT NOT NULL CHECK (role = 'thumbnail' OR role = 'preview' OR role = 'large'),
    state      TEXT NOT NULL CHECK (state = 'waiting' OR state = 'kept' OR state = 'missing'),
    reason     TEXT,
    blob       BLOB REFERENCES blobs (hash),
    derived    INTEGER NOT NULL DEFAULT 0,
    took_ms    INTEGER,
    candidates TEXT,                            -- JSON list of URLs while it is waiting
    PRIMARY KEY (event, role)
) STRICT, WITHOUT ROWID;
CREATE INDEX renditions_waiting ON renditions (event, role) WHERE state = 'waiting';
CREATE INDEX renditions_without_thumbnail ON renditions (event) WHERE role = 'thumbnail' AND state = 'missing';
CREATE INDEX renditions_by_blob ON renditions (blob) WHERE blob IS NOT NULL;

CREATE TABLE blobs (
    hash        BLOB PRIMARY KEY,               -- SHA-256
    format      TEXT NOT NULL,
    size        INTEGER NOT NULL,
    width       INTEGER NOT NULL,
    height      INTEGER NOT NULL,
    placeholder BLOB,                           -- thumbhash
    looked_at   INTEGER NOT NULL DEFAULT 0      -- fully decoded once
) STRICT, WITHOUT ROWID;
CREATE INDEX blobs_unseen ON blobs (hash) WHERE looked_at = 0;

CREATE VIRTUAL TABLE search USING fts5 (
    filename, title, caption, byline, keywords, other,
    content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3'
);

CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL                         -- JSON
) STRICT, WITHOUT ROWID;

-- How far the projection has come: a delivery above it has not been read yet.
CREATE TABLE projection (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    through INTEGER NOT NULL
) STRICT;
INSERT INTO projection VALUES (1, 0);
