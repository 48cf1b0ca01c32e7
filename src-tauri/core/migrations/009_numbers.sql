-- The fields of an asset whose value Fotoware sends as a JSON number: their ids, joined by commas. Filled by a rebuild.
ALTER TABLE asset_fields ADD COLUMN numbers TEXT NOT NULL DEFAULT '';
