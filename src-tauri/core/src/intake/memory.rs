//! The memory that bodies in flight share, so that many large ones at once wait for each other instead of filling it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Limits;

/// The semaphore counts kibibytes, as it cannot count to many bytes.
const KIBIBYTE: usize = 1024;

#[derive(Clone, Debug)]
pub(super) struct Memory {
    free: Arc<Semaphore>,
    patience: Duration,
}

/// All of it is in use, and none came free in the time that a sender can be kept waiting.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NoMemory;

impl Memory {
    pub(super) fn new(limits: &Limits) -> Self {
        let all = limits.bodies_bytes.max(limits.body_bytes).div_ceil(KIBIBYTE);
        Self { free: Arc::new(Semaphore::new(all)), patience: limits.memory_time }
    }

    /// A share of this size, or larger by less than a kibibyte. Waits for others to give theirs back.
    pub(super) async fn share(&self, bytes: usize) -> Result<Share, NoMemory> {
        Ok(Share { memory: self.clone(), held: self.acquire(bytes.div_ceil(KIBIBYTE)).await? })
    }

    async fn acquire(&self, kibibytes: usize) -> Result<OwnedSemaphorePermit, NoMemory> {
        let acquired = Arc::clone(&self.free).acquire_many_owned(u32::try_from(kibibytes).map_err(|_| NoMemory)?);
        match tokio::time::timeout(self.patience, acquired).await {
            Ok(Ok(held)) => Ok(held),
            Ok(Err(_)) | Err(_) => Err(NoMemory),
        }
    }
}

/// A part of the memory, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Share {
    memory: Memory,
    held: OwnedSemaphorePermit,
}

impl Share {
    /// Makes it at least this large. Waits as [`Memory::share`] does; what is held stays held meanwhile.
    pub(super) async fn grow_to(&mut self, bytes: usize) -> Result<(), NoMemory> {
        let more = bytes.div_ceil(KIBIBYTE).saturating_sub(self.held.num_permits());
        if more > 0 {
            self.held.merge(self.memory.acquire(more).await?);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory(bytes: usize) -> Memory {
        let limits =
            Limits { bodies_bytes: bytes, body_bytes: 0, memory_time: Duration::from_millis(10), ..Limits::default() };
        Memory::new(&limits)
    }

    #[tokio::test]
    async fn what_is_given_back_can_be_shared_again_and_more_than_there_is_cannot() {
        let memory = memory(10 * KIBIBYTE);
        let mut one = memory.share(4 * KIBIBYTE + 1).await.unwrap();
        assert_eq!(memory.free.available_permits(), 5);
        one.grow_to(7 * KIBIBYTE).await.unwrap();
        one.grow_to(6 * KIBIBYTE).await.unwrap();
        assert_eq!(memory.free.available_permits(), 3);
        assert_eq!(memory.share(4 * KIBIBYTE).await.unwrap_err(), NoMemory);
        one.grow_to(11 * KIBIBYTE).await.unwrap_err();
        let waiting = tokio::spawn({
            let memory = Memory { patience: Duration::from_mins(1), ..memory.clone() };
            async move { memory.share(10 * KIBIBYTE).await.map(drop) }
        });
        tokio::task::yield_now().await;
        drop(one);
        waiting.await.unwrap().unwrap();
        assert_eq!(memory.free.available_permits(), 10);
    }
}
