-- The projection can be made anew beside the one that is read (library/rebuild.rs). For that each of its indexes has a
-- name, the state of an event is read from its delivery, and what a list of versions shows stands in `events`.
CREATE TABLE events_anew (
    id            INTEGER PRIMARY KEY,          -- its delivery's
    public_id     TEXT NOT NULL,
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
    file_size     INTEGER,
    pixel_width   INTEGER,
    pixel_height  INTEGER,
    ratio         REAL,
    state_hash    INTEGER NOT NULL,
    fields_hash   INTEGER NOT NULL,             -- of its metadata and its pixels
    identity      TEXT NOT NULL,                -- JSON of fotoware::Identity
    cluster       INTEGER NOT NULL,             -- events that share a name, directly or through others
    -- Projected: which asset, which of its versions, and whether this event made that version.
    asset         INTEGER,
    version       INTEGER,
    opens_version INTEGER NOT NULL DEFAULT 0,
    previous      INTEGER                       -- the event that made the version before
) STRICT;
INSERT INTO events_anew SELECT e.id, public_id, received_ms, created_ms, modified_ms, kind, change, operation, webhook_id,
    previous_name, filename, title, archive, href, s.state ->> 'file_size', s.state ->> 'pixel_width',
    s.state ->> 'pixel_height', ratio, state_hash, state_hash, identity, cluster, asset, version, opens_version, previous
    FROM events e LEFT JOIN states s ON s.event = e.id ORDER BY e.id;
DROP TABLE states;
DROP TABLE events;
ALTER TABLE events_anew RENAME TO events;
CREATE UNIQUE INDEX events_by_public_id ON events (public_id);
CREATE INDEX events_by_cluster ON events (cluster);
CREATE INDEX events_by_asset ON events (asset, created_ms, id);
CREATE INDEX events_by_time ON events (created_ms, modified_ms, public_id);

CREATE TABLE changes_anew (
    event   INTEGER PRIMARY KEY,
    changes TEXT NOT NULL                       -- JSON list of fotoware::FieldChange, against the version before
) STRICT;
INSERT INTO changes_anew SELECT event, changes FROM changes ORDER BY event;
DROP TABLE changes;
ALTER TABLE changes_anew RENAME TO changes;

CREATE TABLE assets_anew (
    id              INTEGER PRIMARY KEY,
    public_id       TEXT NOT NULL,
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
INSERT INTO assets_anew SELECT * FROM assets ORDER BY id;
CREATE TABLE asset_fields_anew (
    asset  INTEGER PRIMARY KEY,
    ids    TEXT NOT NULL,                       -- the numbers, ascending, joined with ','
    fields TEXT NOT NULL                        -- JSON: number -> list of values
) STRICT;
INSERT INTO asset_fields_anew SELECT * FROM asset_fields ORDER BY asset;
DROP TABLE asset_fields;
DROP TABLE assets;
ALTER TABLE assets_anew RENAME TO assets;
ALTER TABLE asset_fields_anew RENAME TO asset_fields;
CREATE UNIQUE INDEX assets_by_public_id ON assets (public_id);
CREATE INDEX assets_by_cluster ON assets (cluster);
CREATE INDEX assets_newest ON assets (last_ms DESC, public_id, ratio, state, change, archive, picture, doctype);
CREATE INDEX assets_by_name ON assets (name_key, public_id, ratio, state, change, archive, picture, doctype, last_ms);
CREATE INDEX assets_by_archive ON assets (archive, change, state, picture);
CREATE INDEX assets_unindexed ON assets (id) WHERE search_stale = 1;

-- Which program's projection this is (projection::FORMAT). An older one is made anew when the library is opened.
ALTER TABLE projection ADD COLUMN format INTEGER NOT NULL DEFAULT 1;
