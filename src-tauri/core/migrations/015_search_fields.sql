-- Every field is a search term.

-- `fields` has the words of the fields that have no column of their own, each behind a sign for its field
-- (store/search_fields.rs). The rebuild that follows fills the index.
DROP TABLE search;
CREATE VIRTUAL TABLE search USING fts5 (
    filename, title, caption, byline, keywords, other, fields, signs,
    content = '', contentless_delete = 1, tokenize = 'ascii', prefix = '1 2 3'
);
ALTER TABLE asset_fields ADD COLUMN facts TEXT NOT NULL DEFAULT '[]'; -- JSON list of label and value: camera and the like

-- The numbers, dates and moments that are shown of an asset, in one order (store/comparable.rs), for ranges.
CREATE TABLE field_numbers (
    asset  INTEGER NOT NULL,
    field  INTEGER NOT NULL,                    -- number of the metadata field; below 0 a property (store/search_fields.rs)
    number INTEGER NOT NULL,
    PRIMARY KEY (asset, field, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX field_numbers_by_number ON field_numbers (field, number, asset);

-- The short values that fields have, for suggestions and for the groups that a search can be narrowed by: each once,
-- with the number of assets that have it.
CREATE TABLE field_values (
    id     INTEGER PRIMARY KEY,
    field  INTEGER NOT NULL,
    folded TEXT NOT NULL,                       -- values that fold to the same are one
    value  TEXT NOT NULL,                       -- as it was met first
    assets INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX field_values_by_text ON field_values (field, folded);
CREATE TABLE asset_values (
    asset INTEGER PRIMARY KEY,
    vals  TEXT NOT NULL                         -- JSON list of numbers of field_values, ascending
) STRICT;

-- Whoever removes assets need not know.
CREATE TRIGGER asset_left_values AFTER DELETE ON assets BEGIN
    UPDATE field_values SET assets = assets - 1 WHERE id IN
        (SELECT j.value FROM asset_values v, json_each(v.vals) j WHERE v.asset = old.id);
    DELETE FROM field_values WHERE assets <= 0 AND id IN
        (SELECT j.value FROM asset_values v, json_each(v.vals) j WHERE v.asset = old.id);
    DELETE FROM asset_values WHERE asset = old.id;
    DELETE FROM field_numbers WHERE asset = old.id;
END;
