-- What the user decided where notices cannot tell which asset is which. Not a projection: nothing makes it anew.
CREATE TABLE decisions (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,  -- they hold in this order
    kind    TEXT NOT NULL CHECK (kind IN ('join', 'split')),
    made_ms INTEGER NOT NULL,
    words   TEXT NOT NULL                       -- file names of the assets as they were called then
) STRICT;

-- The events by which a decision means its assets: the first of each, and for a split also the one where it is cut.
CREATE TABLE decision_events (
    decision INTEGER NOT NULL REFERENCES decisions (id),
    event    TEXT NOT NULL,                     -- public id: the same after a rebuild
    cut      INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (decision, event)
) STRICT, WITHOUT ROWID;

-- What the user calls metadata fields. Not a projection either.
CREATE TABLE field_names (
    field INTEGER PRIMARY KEY,
    label TEXT NOT NULL
) STRICT;

-- Projected: an event's turn among those of its asset in the same millisecond; whether the user brought it there; and
-- whether what it says was before is not what was known.
ALTER TABLE events ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
ALTER TABLE events ADD COLUMN joined INTEGER NOT NULL DEFAULT 0;
ALTER TABLE events ADD COLUMN gap INTEGER NOT NULL DEFAULT 0;
DROP INDEX events_by_time;
CREATE INDEX events_by_time ON events (created_ms, turn, public_id);

CREATE INDEX deliveries_again ON deliveries (dedupe) WHERE outcome = 'duplicate';
