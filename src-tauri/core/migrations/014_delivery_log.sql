-- The log of deliveries, as an integrator reads it.

-- In the order of arrival, with what the log is filtered by, so that no body is read past.
CREATE INDEX deliveries_listed ON deliveries (received_ms, id, outcome, kind);

-- What came around the body of a delivery. Those that came before this table, and those of an import, have no row.
CREATE TABLE envelopes (
    delivery INTEGER PRIMARY KEY,
    sender   TEXT,                              -- address of the connection
    headers  TEXT NOT NULL,                     -- JSON list of [name, value]: those that are known to hold no secret
    took_us  INTEGER                            -- until it was answered; NULL if nobody waited for the answer any more
) STRICT;

-- The words of bodies and headers. A follower of the log fills it.
CREATE VIRTUAL TABLE delivery_texts USING fts5 (
    words, content = '', contentless_delete = 1, tokenize = 'ascii', detail = none
);

CREATE TRIGGER delivery_left AFTER DELETE ON deliveries BEGIN
    DELETE FROM envelopes WHERE delivery = old.id;
    DELETE FROM delivery_texts WHERE rowid = old.id;
END;

-- Events whose notices came an hour or more after they happened.
CREATE INDEX events_late ON events (created_ms) WHERE received_ms - created_ms >= 3600000;
