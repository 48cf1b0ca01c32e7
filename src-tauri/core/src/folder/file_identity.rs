//! Notices that a file was moved, deleted or replaced while it is open. On Unix writes to such a file go on without an
//! error, into a file that no name leads to any more. On Windows an open file cannot be taken away.

use std::io;
use std::path::{Path, PathBuf};

/// A file as it was when it was opened.
#[derive(Clone, Debug)]
pub(crate) struct FileIdentity {
    path: PathBuf,
    #[cfg(unix)]
    device_and_inode: (u64, u64),
}

impl FileIdentity {
    /// The file that is at this path now. An error if there is none.
    pub(crate) fn of(path: &Path) -> io::Result<Self> {
        Ok(Self {
            path: path.to_owned(),
            #[cfg(unix)]
            device_and_inode: device_and_inode(path)?,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the path still leads to that file.
    pub(crate) fn holds(&self) -> bool {
        #[cfg(unix)]
        return device_and_inode(&self.path).is_ok_and(|now| now == self.device_and_inode);
        #[cfg(not(unix))]
        return self.path.exists();
    }
}

#[cfg(unix)]
fn device_and_inode(path: &Path) -> io::Result<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    path.metadata().map(|file| (file.dev(), file.ino()))
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_that_was_taken_away_or_replaced_no_longer_holds() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("library.db");
        fs::write(&path, "one").unwrap();
        let file = FileIdentity::of(&path).unwrap();
        assert!(file.holds());
        fs::rename(&path, dir.path().join("elsewhere")).unwrap();
        assert!(!file.holds());
        fs::write(&path, "two").unwrap();
        assert!(!file.holds());
    }
}
