//! The data folder: the paths in it, its access rights, and the lock that lets one process at a time write to it.

mod file_identity;

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

pub(crate) use file_identity::FileIdentity;

/// A data folder that exists. If Lysbord made it, only its owner can read it.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
}

/// The lock on a data folder. Dropping it lets another process write.
#[derive(Debug)]
pub struct FolderLock {
    file: File,
}

impl Drop for FolderLock {
    /// Unlocks explicitly. Closing the file is not enough: a child process that is being started at this moment still
    /// holds a copy of the descriptor.
    fn drop(&mut self) {
        let _ = self.file.unlock();
    }
}

#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    #[error("the data folder {path} cannot be used: {source}. Nothing was changed; choose another with --data-dir.")]
    Unusable { path: PathBuf, source: io::Error },
    #[error(
        "another Lysbord is using the data folder {path}. Close it first, or choose another folder with --data-dir. \
         (export and doctor work beside a running Lysbord.)"
    )]
    InUse { path: PathBuf },
    #[error("there is no library in {path}. Start Lysbord once, or choose another folder with --data-dir.")]
    NoLibrary { path: PathBuf },
}

impl Folder {
    /// The platform's folder for application data, such as `~/.local/share/lysbord`. `None` if the user has no home
    /// folder.
    pub fn default_path() -> Option<PathBuf> {
        directories::ProjectDirs::from("app", "Lysbord", "lysbord").map(|dirs| dirs.data_dir().to_owned())
    }

    /// A short hash that identifies a data folder, the same at each start. `None` for the platform's default folder.
    pub fn key(path: &Path) -> Option<String> {
        let path = real(path);
        if Self::default_path().is_some_and(|own| real(&own) == path) {
            return None;
        }
        let hash = Sha256::digest(path.as_os_str().as_encoded_bytes());
        Some(hash[..6].iter().fold(String::new(), |key, byte| key + &format!("{byte:02x}")))
    }

    /// Creates the folder for its owner alone if it does not exist. An existing folder keeps its access rights.
    pub fn create(path: &Path) -> Result<Self, FolderError> {
        let unusable = |source| FolderError::Unusable { path: path.to_owned(), source };
        if !path.is_dir() {
            fs::create_dir_all(path).map_err(unusable)?;
            restrict(path, 0o700).map_err(unusable)?;
        }
        Ok(Self { path: fs::canonicalize(path).map_err(unusable)? })
    }

    /// Opens a folder that already has a library.
    pub fn existing(path: &Path) -> Result<Self, FolderError> {
        let folder = Self { path: fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()) };
        if folder.library().is_file() { Ok(folder) } else { Err(FolderError::NoLibrary { path: folder.path }) }
    }

    /// Locks the folder for this process. Does not wait: fails with [`FolderError::InUse`] if another process has it.
    pub fn lock(&self) -> Result<FolderLock, FolderError> {
        let unusable = |source| FolderError::Unusable { path: self.path.clone(), source };
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(self.path.join("lysbord.lock"))
            .map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => Ok(FolderLock { file }),
            Err(TryLockError::WouldBlock) => Err(FolderError::InUse { path: self.path.clone() }),
            Err(TryLockError::Error(source)) => Err(unusable(source)),
        }
    }

    /// Whether a process has the folder locked. Only looks: a folder that was never locked stays as it is.
    pub fn is_in_use(&self) -> bool {
        let Ok(file) = File::open(self.path.join("lysbord.lock")) else { return false };
        match file.try_lock_shared() {
            Ok(()) => {
                let _ = file.unlock();
                false
            }
            Err(_) => true,
        }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn library(&self) -> PathBuf {
        self.path.join("library.db")
    }

    /// The two journal files of deliveries that are not rows of the library yet.
    pub fn journal(&self) -> [PathBuf; 2] {
        ["library.spool-1", "library.spool-2"].map(|name| self.path.join(name))
    }

    pub fn secrets(&self) -> PathBuf {
        self.path.join("secrets.json")
    }

    /// Scratch folder of a rebuild.
    pub fn scratch(&self) -> PathBuf {
        self.path.join("rebuild")
    }

    /// Exports that a browser has not downloaded yet.
    pub fn exports(&self) -> PathBuf {
        self.path.join("exports")
    }
}

/// The absolute path with symbolic links resolved. Parts at its end that do not exist yet are taken as they are.
fn real(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let from = |above: &Path| Some(fs::canonicalize(above).ok()?.join(path.strip_prefix(above).ok()?));
    let real = path.ancestors().find_map(from).unwrap_or_else(|| path.clone());
    // Drops a trailing separator.
    real.components().collect()
}

/// Sets the access rights of a file or folder. Does nothing on systems without Unix permissions.
pub(crate) fn restrict(path: &Path, mode: u32) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(mode))?;
    }
    #[cfg(not(unix))]
    let _ = (path, mode);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_process_is_told_that_the_folder_is_in_use() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::create(&dir.path().join("data")).unwrap();
        let held = folder.lock().unwrap();
        assert!(matches!(folder.lock(), Err(FolderError::InUse { .. })));
        assert!(folder.is_in_use());
        drop(held);
        assert!(!folder.is_in_use());
        folder.lock().unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_has_one_key_before_it_is_made_and_after_and_by_each_of_its_names() {
        let dir = tempfile::tempdir().unwrap();
        let (place, link) = (dir.path().join("place"), dir.path().join("link"));
        fs::create_dir(&place).unwrap();
        std::os::unix::fs::symlink(&place, &link).unwrap();
        let before = Folder::key(&link.join("a/data")).unwrap();
        Folder::create(&place.join("a/data")).unwrap();
        assert_eq!(Folder::key(&link.join("a/data")).unwrap(), before);
        assert_eq!(Folder::key(&place.join("a/data/")).unwrap(), before);
        assert_ne!(Folder::key(&place.join("b/data")).unwrap(), before);
        assert_eq!(Folder::key(&Folder::default_path().unwrap()), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_new_folder_is_its_owners_alone_and_an_old_one_stays_as_it_is() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let rights = |folder: &Folder| fs::metadata(folder.path()).unwrap().permissions().mode() & 0o777;
        let folder = Folder::create(&dir.path().join("data")).unwrap();
        assert_eq!(rights(&folder), 0o700);
        restrict(folder.path(), 0o755).unwrap();
        assert_eq!(rights(&Folder::create(folder.path()).unwrap()), 0o755);
    }
}
