-- The list of events: each filter walks an index of its own back in time. What has no such order in it, the ties of
-- one millisecond, is sorted as it is read.
CREATE INDEX events_by_kind ON events (kind, created_ms);
CREATE INDEX events_by_change ON events (change, created_ms);
CREATE INDEX events_by_operation ON events (operation, created_ms) WHERE operation IS NOT NULL;
CREATE INDEX events_by_archive ON events (archive, created_ms);

-- Which fields a version changed, so that "caption changed" is found without reading every change. It references no
-- event: there is no index by which a deletion could look, and who deletes events empties this as well.
CREATE TABLE changed_fields (
    field      INTEGER NOT NULL,                -- number of the metadata field; below 0 a property of the file
    created_ms INTEGER NOT NULL,                -- of the event
    event      INTEGER NOT NULL,
    PRIMARY KEY (field, created_ms, event)
) STRICT, WITHOUT ROWID;
