-- Bytes that no decoder of this program shows are kept, and named by the event whose they are: a later program may show
-- them. `state` is then 'missing', and `reason` says why.
ALTER TABLE renditions ADD COLUMN unshown BLOB REFERENCES blobs (hash);
CREATE INDEX renditions_by_unshown ON renditions (unshown) WHERE unshown IS NOT NULL;

-- What is wrong with a picture that is kept all the same: 'partial', 'unreadable' or 'too_many_pixels'.
ALTER TABLE blobs ADD COLUMN flaw TEXT;
-- A picture made here that web views show for this one. It has a row of its own.
ALTER TABLE blobs ADD COLUMN shown_as BLOB REFERENCES blobs (hash);
CREATE INDEX blobs_shown_as ON blobs (shown_as) WHERE shown_as IS NOT NULL;

-- `looked_at` is from here on the number of the decoders that looked at a picture last (renditions::DECODER), 0 for none.
-- A program with newer ones looks again, and replaces this index by one with its own number.
DROP INDEX blobs_unseen;
CREATE INDEX blobs_to_look_at ON blobs (looked_at) WHERE looked_at < 2;
