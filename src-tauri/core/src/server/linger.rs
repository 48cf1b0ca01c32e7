//! Reads on after the answer to a request whose body was refused. If the connection were closed while more of the body
//! arrives, the system would reset it, and the sender would see that instead of the answer.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};

/// How long a connection lingers at most after its answer.
pub(super) const LONGEST: Duration = Duration::from_secs(2);
/// How many bytes are read on at most: four times what a body may have.
const MOST: usize = 32 * 1024 * 1024;
/// What one lingering connection takes of memory.
const BUFFER: usize = 8 * 1024;

/// Reads and forgets until the sender closes, fails, or has had its time and its bytes. For a sender that has closed
/// already this returns at once.
pub(super) async fn read_on(stream: &mut (impl AsyncRead + Unpin), longest: Duration) {
    let until_closed = async {
        let mut buffer = vec![0; BUFFER];
        let mut read = 0;
        while read < MOST {
            match stream.read(&mut buffer).await {
                Ok(0) | Err(_) => return,
                Ok(count) => read += count,
            }
        }
    };
    let _ = tokio::time::timeout(longest, until_closed).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_ends_whatever_the_sender_does() {
        read_on(&mut tokio::io::empty(), Duration::MAX).await;
        let mut endless = tokio::io::repeat(b'x').take(10 * MOST as u64);
        read_on(&mut endless, Duration::MAX).await;
        assert!(endless.limit() >= 9 * MOST as u64, "no more is read than may be");
        let (mut silent, _open) = tokio::io::duplex(16);
        read_on(&mut silent, Duration::from_millis(1)).await;
    }
}
