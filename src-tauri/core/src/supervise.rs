//! Where a panic ends: the job that panicked fails in words, and the thread goes on with the next.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A job that panicked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Lysbord made a mistake of its own ({message})")]
pub struct Panicked {
    /// What the panic said.
    pub message: String,
}

impl Panicked {
    /// Of what [`catch_unwind`] or a thread's end gave.
    pub(crate) fn of(payload: &(dyn Any + Send)) -> Self {
        let message = payload
            .downcast_ref::<&str>()
            .map(|message| (*message).to_owned())
            .or_else(|| payload.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "without a word".to_owned());
        Self { message }
    }
}

/// Does a job and returns what it returned, or that it panicked. What the job was changing must be good to use afterwards:
/// a transaction that was rolled back, or state that is read anew.
pub(crate) fn caught<T>(job: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_unwind(AssertUnwindSafe(job)).map_err(|payload| {
        let panicked = Panicked::of(&*payload);
        tracing::error!(message = %panicked.message, "a job panicked; the thread goes on with the next");
        panicked
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_told_with_its_words() {
        assert_eq!(caught(|| 7), Ok(7));
        assert_eq!(caught(|| -> u8 { panic!("poison {}", 1) }).unwrap_err().message, "poison 1");
        assert_eq!(caught(|| -> u8 { panic!("plain") }).unwrap_err().message, "plain");
        let odd = caught(|| -> u8 { std::panic::panic_any(7_u8) });
        assert!(odd.unwrap_err().to_string().contains("without a word"));
    }
}
