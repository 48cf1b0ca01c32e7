//! `lysbord doctor`: checks library and pictures against each other. It only reads.

use std::path::Path;

use lysbord_core::folder::Folder;
use lysbord_core::library::{self, Checkup};
use lysbord_core::renditions::{BlobStore, Condition};

pub(super) fn run(data_dir: &Path) -> anyhow::Result<()> {
    let folder = Folder::existing(data_dir)?;
    let Checkup { faults, blobs: expected } = library::check_up(&folder)?;
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
    super::print_line(&format!("all is well: the library is sound and {count} pictures are whole"))
}
