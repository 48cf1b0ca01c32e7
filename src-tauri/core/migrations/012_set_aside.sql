-- Deliveries that came as events and are not shown: the body is damaged on this disk or cannot be read any more, or what
-- shows it failed. Made with the rest of the projection, so that a rebuild tries each of them again.
CREATE TABLE set_aside (
    delivery INTEGER PRIMARY KEY,
    outcome  TEXT NOT NULL CHECK (outcome = 'damaged' OR outcome = 'unreadable' OR outcome = 'set_aside'),
    reason   TEXT NOT NULL,                     -- in words, for people
    program  TEXT NOT NULL                      -- the version that set it aside: another one tries again
) STRICT;
CREATE INDEX set_aside_by_outcome ON set_aside (outcome, delivery);

-- Deliveries that were acknowledged and that the log does not take. Not a projection: nothing else has them.
CREATE TABLE unstored (
    id     INTEGER PRIMARY KEY,                 -- of the delivery
    reason TEXT NOT NULL,                       -- in words, for people
    record BLOB NOT NULL                        -- as it stood in the spool
) STRICT;

-- What a site calls its fields is that site's own, and goes with it. The rebuild that follows fills the table again.
DROP TABLE labels;
CREATE TABLE labels (
    tenant     TEXT NOT NULL,
    field      INTEGER NOT NULL,
    label      TEXT NOT NULL,
    created_ms INTEGER NOT NULL,                -- of the notice that taught it: the latest one holds
    PRIMARY KEY (tenant, field)
) STRICT, WITHOUT ROWID;
