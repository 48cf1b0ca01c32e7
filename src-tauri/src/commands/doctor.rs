//! `lysbord doctor`: checks library and pictures against each other. It only reads.

use std::path::Path;
use std::time::Duration;

use lysbord_core::folder::Folder;
use lysbord_core::library::{self, Checkup};
use lysbord_core::renditions::{BlobStore, Condition};

/// A running Lysbord that has something to do and does nothing for so long is stuck.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) fn run(data_dir: &Path) -> anyhow::Result<()> {
    let folder = Folder::existing(data_dir)?;
    let Checkup { mut faults, blobs: expected, waiting } = library::check_up(&folder)?;
    let is_in_use = waiting > 0 && folder.is_in_use();
    if is_in_use {
        faults.extend(library::what_does_not_move(&folder, PATIENCE)?);
    }
    let mut problems: Vec<String> = faults.into_iter().map(|fault| fault.0).collect();

    let blobs = BlobStore::open_for_reading(folder.path())?;
    let count = expected.len();
    for (hash, size) in expected {
        match blobs.check(&hash)? {
            Condition::Whole if blobs.size(&hash)? == Some(size) => {}
            Condition::Whole => problems.push(format!("picture {hash} has another size than the library says")),
            Condition::Damaged => problems.push(format!("picture {hash} is damaged")),
            Condition::Absent => problems.push(format!("picture {hash} is gone")),
        }
    }
    for problem in &problems {
        super::print_line(problem)?;
    }
    anyhow::ensure!(
        problems.is_empty(),
        "the doctor found {} wrong in {}",
        if problems.len() == 1 { "one thing".to_owned() } else { format!("{} things", problems.len()) },
        folder.path().display()
    );
    super::print_line(&format!("all is well: the library is sound and {count} pictures are whole"))?;
    if waiting > 0 && !is_in_use {
        super::print_line(&format!(
            "{waiting} deliveries are kept and wait for the next start of Lysbord to be shown"
        ))?;
    }
    Ok(())
}
