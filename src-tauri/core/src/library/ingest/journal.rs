//! The journal: a delivery is durable in it before it is answered. To append and flush a record costs far less than a
//! row of the library; rows are written later, many at once. After a crash, records without a row are found here.
//!
//! It has two halves: one is filled while the rows of the other are written. Once all its records have rows, a half is
//! overwritten from its beginning, as overwriting a file flushes faster than extending it. Reading stops at the first
//! record that is torn or whose id is not higher than the last. What follows is either an unacknowledged tail or left
//! over from an earlier pass, and is already stored.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::folder::{FileIdentity, restrict};
use crate::fotoware::HookKind;
use crate::library::error::LibraryError;
use crate::library::store::delivery_record::{Dedupe, Origin, Record};
use crate::library::store::envelopes::Envelope;
use crate::library::store::ids::{DeliveryId, ImportId};

/// In bytes: a half that has reached this length is full.
const HALF: u64 = 16 * 1024 * 1024;
/// Before each record: its length and its checksum.
const FRAME: usize = 8;
/// A bit in the length of a record that an import brought. Its payload begins with the number of the import.
const IMPORTED: u32 = 1 << 31;
/// A bit in the length of a record whose payload begins with its envelope. Records of older programs have none.
const ENVELOPED: u32 = 1 << 30;
const FLAGS: u32 = IMPORTED | ENVELOPED;

/// What precedes the body of a record. Another version of this program may read it after an update, so a change needs
/// new file names.
#[derive(Serialize, Deserialize)]
struct Head<'a> {
    id: i64,
    received: Timestamp,
    hook: &'a str,
    content_type: Option<&'a str>,
    problem: Option<&'a str>,
    dedupe: Dedupe,
    size: u64,
}

impl Record {
    /// Appends the record with its length and checksum.
    pub(super) fn encode(&self, into: &mut Vec<u8>) -> Result<(), LibraryError> {
        let head = Head {
            id: self.id.0,
            received: self.received,
            hook: self.hook.as_str(),
            content_type: self.content_type.as_deref(),
            problem: self.problem.as_deref(),
            dedupe: self.dedupe,
            size: self.size as u64,
        };
        let begin = into.len();
        into.extend_from_slice(&[0; FRAME]);
        let told = |error: postcard::Error| LibraryError::Other(error.to_string());
        if let Origin::Imported(import) = self.origin {
            postcard::to_io(&import.0, &mut *into).map_err(told)?;
        }
        if let Some(envelope) = &self.envelope {
            postcard::to_io(envelope, &mut *into).map_err(told)?;
        }
        postcard::to_io(&head, &mut *into).map_err(told)?;
        into.extend_from_slice(&self.packed);
        let payload = &into[begin + FRAME..];
        let imported = if self.origin == Origin::Heard { 0 } else { IMPORTED };
        let flags = imported | if self.envelope.is_some() { ENVELOPED } else { 0 };
        let (length, checksum) = (payload.len() as u32 | flags, crc32fast::hash(payload) ^ flags);
        into[begin..begin + 4].copy_from_slice(&length.to_le_bytes());
        into[begin + 4..begin + FRAME].copy_from_slice(&checksum.to_le_bytes());
        Ok(())
    }

    /// Reads the first record; returns it with its length in bytes. `None` if it is torn or damaged.
    pub(super) fn decode(bytes: &[u8]) -> Option<(Self, usize)> {
        let (length, rest) = bytes.split_first_chunk::<4>()?;
        let (checksum, rest) = rest.split_first_chunk::<4>()?;
        let length = u32::from_le_bytes(*length);
        let payload = rest.get(..(length & !FLAGS) as usize)?;
        if crc32fast::hash(payload) ^ (length & FLAGS) != u32::from_le_bytes(*checksum) {
            return None;
        }
        let (origin, head) = if length & IMPORTED == 0 {
            (Origin::Heard, payload)
        } else {
            let (import, head) = postcard::take_from_bytes::<i64>(payload).ok()?;
            (Origin::Imported(ImportId(import)), head)
        };
        let (envelope, head) = if length & ENVELOPED == 0 {
            (None, head)
        } else {
            let (envelope, head) = postcard::take_from_bytes::<Envelope>(head).ok()?;
            (Some(envelope), head)
        };
        let (head, packed) = postcard::take_from_bytes::<Head<'_>>(head).ok()?;
        let record = Self {
            id: DeliveryId(head.id),
            received: head.received,
            origin,
            envelope,
            hook: HookKind::parse(head.hook)?,
            content_type: head.content_type.map(str::to_owned),
            problem: head.problem.map(str::to_owned),
            dedupe: head.dedupe,
            size: head.size as usize,
            packed: packed.to_vec(),
        };
        Some((record, FRAME + payload.len()))
    }
}

/// Which deliveries are in the spool, for one who only looks, also while another process appends to it. A file that is not there
/// holds none.
pub(in crate::library) fn read_beside(paths: &[PathBuf; 2]) -> Result<Vec<DeliveryId>, LibraryError> {
    let mut ids = Vec::new();
    for path in paths {
        match File::open(path) {
            Ok(mut file) => ids.extend(read(&mut file)?.0.iter().map(|record| record.id)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(ids)
}

/// The records of a half, and where the last one ends.
fn read(file: &mut File) -> Result<(Vec<Record>, usize), LibraryError> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let (mut records, mut end): (Vec<Record>, _) = (Vec::new(), 0);
    while let Some((record, length)) = Record::decode(&bytes[end..])
        && records.last().is_none_or(|last| last.id < record.id)
    {
        end += length;
        records.push(record);
    }
    Ok((records, end))
}

pub(in crate::library) struct Journal {
    halves: [Segment; 2],
    active: usize,
    buffer: Vec<u8>,
}

struct Segment {
    file: File,
    anchor: FileIdentity,
    end: u64,
    /// The id of its last record.
    last: DeliveryId,
}

impl Journal {
    /// Opens the journal, or creates it. Returns the records above `stored`, which have no rows yet, in order.
    pub(in crate::library) fn open(
        paths: [PathBuf; 2],
        stored: DeliveryId,
    ) -> Result<(Self, Vec<Record>), LibraryError> {
        let [one, other] = paths;
        let ((one, mut records), (other, further)) = (Segment::open(one)?, Segment::open(other)?);
        records.extend(further);
        records.retain(|record| record.id > stored);
        records.sort_unstable_by_key(|record| record.id);
        let active = usize::from(other.last > one.last);
        Ok((Self { halves: [one, other], active, buffer: Vec::new() }, records))
    }

    /// Whether its files are still where they were.
    pub(in crate::library) fn is_there(&self) -> bool {
        self.halves.iter().all(|half| half.anchor.holds())
    }

    /// Whether a record can be appended. A half whose records all have rows (up to `stored`) is started over. If false,
    /// rows must be written first.
    pub(in crate::library) fn has_room(&mut self, stored: DeliveryId) -> bool {
        if self.halves[self.active].end < HALF {
            self.halves[self.active].start_over(stored);
            return true;
        }
        let other = 1 - self.active;
        let is_free = self.halves[other].start_over(stored);
        if is_free {
            self.active = other;
        }
        is_free
    }

    /// Appends records and flushes them. If that fails, none of them is in the journal.
    pub(in crate::library) fn append(&mut self, records: &[Record]) -> Result<(), LibraryError> {
        self.buffer.clear();
        records.iter().try_for_each(|record| record.encode(&mut self.buffer))?;
        let last = records.iter().map(|record| record.id).max().unwrap_or_default();
        self.halves[self.active].append(&self.buffer, last)
    }

    /// Empties the files. All records must have rows.
    pub(in crate::library) fn clear(&mut self) -> Result<(), LibraryError> {
        for half in &mut self.halves {
            half.cut_at(0)?;
        }
        Ok(())
    }
}

impl Segment {
    fn open(path: PathBuf) -> Result<(Self, Vec<Record>), LibraryError> {
        let is_new = !path.exists();
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path)?;
        if is_new {
            restrict(&path, 0o600)?;
            #[cfg(unix)]
            if let Some(folder) = path.parent() {
                File::open(folder)?.sync_all()?;
            }
        }
        let (records, end) = read(&mut file)?;
        let last = records.last().map(|record| record.id).unwrap_or_default();
        Ok((Self { anchor: FileIdentity::of(&path)?, file, end: end as u64, last }, records))
    }

    fn start_over(&mut self, stored: DeliveryId) -> bool {
        let is_free = self.last <= stored;
        if is_free {
            self.end = 0;
        }
        is_free
    }

    fn append(&mut self, bytes: &[u8], last: DeliveryId) -> Result<(), LibraryError> {
        if let Err(error) = self.write(bytes) {
            // What was refused should not be found after a crash. It would be no harm: it would be there once.
            if let Err(error) = self.cut_at(self.end) {
                tracing::warn!(%error, "what was not acknowledged stays in the spool until it is written over");
            }
            return Err(error.into());
        }
        self.end += bytes.len() as u64;
        self.last = last;
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.file.seek(SeekFrom::Start(self.end))?;
        self.file.write_all(bytes)?;
        self.file.sync_data()
    }

    fn cut_at(&mut self, end: u64) -> std::io::Result<()> {
        self.end = end;
        self.file.set_len(end)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn record(id: i64, size: usize) -> Record {
        Record {
            id: DeliveryId(id),
            received: Timestamp(1_772_000_000_000 + id),
            origin: if id % 5 == 2 { Origin::Imported(ImportId(id)) } else { Origin::Heard },
            envelope: (id % 3 == 1).then(|| Envelope {
                sender: Some(([192, 0, 2, 7], 443).into()),
                headers: vec![("user-agent".to_owned(), format!("sender {id}"))],
            }),
            hook: HookKind::Modified,
            content_type: (id % 2 == 0).then(|| "application/json".to_owned()),
            problem: (id % 3 == 0).then(|| "the body is empty".to_owned()),
            dedupe: [id as u8; 16],
            size,
            packed: vec![id as u8; size],
        }
    }

    struct Place(tempfile::TempDir);

    impl Place {
        fn new() -> Self {
            Self(tempfile::tempdir().unwrap())
        }

        fn paths(&self) -> [PathBuf; 2] {
            ["one", "other"].map(|name| self.0.path().join(name))
        }

        fn open(&self, stored: i64) -> (Journal, Vec<Record>) {
            Journal::open(self.paths(), DeliveryId(stored)).unwrap()
        }

        fn found(&self, stored: i64) -> Vec<i64> {
            self.open(stored).1.iter().map(|record| record.id.0).collect()
        }
    }

    #[test]
    fn what_was_appended_is_found_again_but_for_what_is_a_row() {
        let place = Place::new();
        let (mut journal, none) = place.open(0);
        assert!(none.is_empty());
        let records = [record(1, 10), record(2, 0), record(3, 2000)];
        journal.append(&records[..2]).unwrap();
        journal.append(&records[2..]).unwrap();
        assert_eq!(place.open(0).1, records);
        assert_eq!(place.found(2), [3]);
        journal.clear().unwrap();
        assert!(place.found(0).is_empty());
    }

    #[test]
    fn a_torn_tail_is_dropped_wherever_it_is_torn_and_written_over() {
        let place = Place::new();
        let (mut journal, _) = place.open(0);
        journal.append(&[record(1, 30)]).unwrap();
        let whole = journal.halves[0].end;
        journal.append(&[record(2, 30)]).unwrap();
        let bytes = fs::read(&place.paths()[0]).unwrap();
        for length in whole as usize..bytes.len() {
            fs::write(&place.paths()[0], &bytes[..length]).unwrap();
            assert_eq!(place.found(0), [1], "cut at {length}");
            let mut flipped = bytes.clone();
            for bit in [0x10, 0x40, 0x80] {
                flipped[length] ^= bit;
                fs::write(&place.paths()[0], &flipped).unwrap();
                assert_eq!(place.found(0), [1], "damaged at {length}");
                flipped[length] ^= bit;
            }
        }
        let (mut journal, _) = place.open(0);
        journal.append(&[record(2, 7)]).unwrap();
        assert_eq!(place.found(0), [1, 2]);
    }

    #[test]
    fn records_of_an_earlier_time_behind_the_last_are_not_taken_for_new_ones() {
        let place = Place::new();
        let (mut journal, _) = place.open(0);
        journal.append(&[record(1, 30), record(2, 30), record(3, 30)]).unwrap();
        assert!(journal.has_room(DeliveryId(3)), "all are rows: it starts over");
        journal.append(&[record(4, 30)]).unwrap();
        // Of the same length, so that what follows is a whole record of before.
        assert_eq!(place.found(3), [4]);
        assert_eq!(place.found(0), [4], "also if nobody knew what is a row");
    }

    #[test]
    fn a_half_that_is_not_all_rows_is_never_written_over() {
        let place = Place::new();
        let (mut journal, _) = place.open(0);
        let long = HALF as usize;
        journal.append(&[record(1, long)]).unwrap();
        assert!(journal.has_room(DeliveryId(0)), "the other half");
        journal.append(&[record(2, long)]).unwrap();
        assert!(!journal.has_room(DeliveryId(0)));
        assert_eq!(place.found(0), [1, 2]);
        assert!(journal.has_room(DeliveryId(1)));
        journal.append(&[record(3, 10)]).unwrap();
        assert_eq!(place.found(1), [2, 3]);
    }

    #[test]
    fn after_a_failed_append_the_next_follows_what_was_acknowledged() {
        let place = Place::new();
        let (mut journal, _) = place.open(0);
        journal.append(&[record(1, 30)]).unwrap();
        let half = &mut journal.halves[0];
        let writable = std::mem::replace(&mut half.file, File::open(&place.paths()[0]).unwrap());
        journal.append(&[record(2, 30), record(3, 30)]).unwrap_err();
        assert_eq!(place.found(0), [1]);
        // As much of it as may have come to the disk.
        let mut file = OpenOptions::new().append(true).open(&place.paths()[0]).unwrap();
        file.write_all(&[7; 50]).unwrap();
        journal.halves[0].file = writable;
        journal.append(&[record(2, 5)]).unwrap();
        assert_eq!(place.found(0), [1, 2]);
    }

    #[cfg(unix)]
    #[test]
    fn the_spool_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let place = Place::new();
        place.open(0);
        for path in place.paths() {
            assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}
