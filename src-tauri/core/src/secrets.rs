//! The two secrets of a data folder: one is part of the hook URLs, the other is the token of the browser. Each is 128
//! random bits, made at first start, readable by the owner alone, and never logged.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::RwLock;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

/// 128 random bits as 32 hexadecimal digits.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    pub(crate) fn random() -> Self {
        Self(format!("{:032x}", rand::random::<u128>()))
    }

    /// Compares in constant time, so that a guess learns nothing from how long the answer takes.
    pub fn matches(&self, guess: &str) -> bool {
        self.0.as_bytes().ct_eq(guess.as_bytes()).into()
    }

    /// Whether a word looks like a secret, ours or a stranger's: at least 28 characters with digits and letters.
    pub(crate) fn might_be(word: &str) -> bool {
        let has = |is: fn(&u8) -> bool| word.as_bytes().iter().any(is);
        word.len() >= 28 && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic)
    }

    pub fn expose(&self) -> &str {
        &self.0
    }

    fn is_whole(&self) -> bool {
        self.0.len() == 32 && self.0.bytes().all(|digit| digit.is_ascii_hexdigit())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Both {
    hooks: Secret,
    token: Secret,
}

/// The secrets of a data folder, stored in `secrets.json`.
#[derive(Debug)]
pub struct Secrets {
    path: PathBuf,
    both: RwLock<Both>,
}

#[derive(Debug, thiserror::Error)]
#[error(
    "the secrets in {path} cannot be used: {source}. Mend or remove that file; with new secrets the hook URLs change."
)]
pub struct SecretsError {
    path: PathBuf,
    source: io::Error,
}

impl Secrets {
    /// Reads the secrets, or makes them at first start. A file that cannot be read is an error and is not overwritten.
    pub fn open(path: &Path) -> Result<Self, SecretsError> {
        let failed = |source| SecretsError { path: path.to_owned(), source };
        let both = match fs::read(path) {
            Ok(json) => serde_json::from_slice::<Both>(&json).map_err(|error| failed(error.into()))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let both = Both { hooks: Secret::random(), token: Secret::random() };
                write(path, &both).map_err(failed)?;
                both
            }
            Err(error) => return Err(failed(error)),
        };
        if !(both.hooks.is_whole() && both.token.is_whole()) {
            return Err(failed(io::Error::new(io::ErrorKind::InvalidData, "they are not 32 hexadecimal digits")));
        }
        Ok(Self { path: path.to_owned(), both: RwLock::new(both) })
    }

    pub fn hooks(&self) -> Secret {
        self.read().hooks
    }

    pub fn token(&self) -> Secret {
        self.read().token
    }

    /// Replaces the secret of the hook URLs and returns the new one. The old URLs answer 404 from now on.
    pub fn renew_hooks(&self) -> Result<Secret, SecretsError> {
        let renewed = Both { hooks: Secret::random(), ..self.read() };
        write(&self.path, &renewed).map_err(|source| SecretsError { path: self.path.clone(), source })?;
        let secret = renewed.hooks.clone();
        *self.both.write().unwrap_or_else(std::sync::PoisonError::into_inner) = renewed;
        Ok(secret)
    }

    fn read(&self) -> Both {
        self.both.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }
}

/// Writes a new file and renames it, so that a crash leaves either the old secrets or the new ones.
fn write(path: &Path, both: &Both) -> io::Result<()> {
    let beside = path.with_extension("new");
    let mut options = OpenOptions::new();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(&beside)?;
    file.write_all(&serde_json::to_vec_pretty(both)?)?;
    file.sync_all()?;
    fs::rename(beside, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_last_until_they_are_renewed_and_show_nowhere() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secrets.json");
        let first = Secrets::open(&path).unwrap();
        let secret = first.hooks();
        assert!(Secrets::open(&path).unwrap().hooks().matches(secret.expose()));

        let renewed = first.renew_hooks().unwrap();
        assert!(!renewed.matches(secret.expose()));
        assert!(Secrets::open(&path).unwrap().hooks().matches(renewed.expose()));
        assert!(!format!("{first:?}").contains(renewed.expose()));
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_reads_them() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secrets.json");
        Secrets::open(&path).unwrap();
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn broken_secrets_are_not_replaced_in_silence() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secrets.json");
        fs::write(&path, "{\"hooks\": \"\", \"token\": \"\"}").unwrap();
        let error = Secrets::open(&path).unwrap_err();
        assert!(error.to_string().contains("hook URLs change"), "{error}");
    }
}
