//! The library's threads when a piece of work panics, and when one of them ends for good.

use std::panic::panic_any;

use rusqlite::Transaction;

use super::*;
use crate::fotoware::HookKind;

struct Opened {
    library: Library,
    thread: LibraryThread,
    _dir: tempfile::TempDir,
}

fn opened() -> Opened {
    let dir = tempfile::tempdir().unwrap();
    let folder = Folder::create(&dir.path().join("data")).unwrap();
    let (library, thread) = Library::open(&folder, Box::new(|_| {})).unwrap();
    Opened { library, thread, _dir: dir }
}

fn incoming(id: &str) -> Incoming {
    let body = format!(r#"{{"id": "{id}", "href": "https://a.example/{id}.jpg.info", "data": {{}}}}"#);
    Incoming::new(HookKind::Ingested, None, body.as_bytes(), Moment(1)).unwrap()
}

async fn codes(library: &Library) -> Vec<&'static str> {
    library.trouble().await.unwrap().into_iter().map(|trouble| trouble.code).collect()
}

/// Panics once more whenever it is dropped: so a panic gets through so many that catch it.
struct Bomb(u8);

impl Drop for Bomb {
    fn drop(&mut self) {
        if let Some(left) = self.0.checked_sub(1) {
            panic_any(Bomb(left));
        }
    }
}

fn explode(bomb: Bomb) -> impl FnOnce(&Transaction<'_>) -> Result<Vec<String>, LibraryError> + Send + 'static {
    move |transaction| {
        transaction.execute_batch("UPDATE projection SET through = 99")?;
        panic_any(bomb)
    }
}

#[tokio::test]
async fn a_panic_in_a_change_leaves_no_trace_and_the_writer_goes_on() {
    let Opened { library, thread, _dir } = opened();
    library.take_in(incoming("1")).await.unwrap();
    let panicked = library.change(|_| panic!("poison")).await.unwrap_err();
    assert!(panicked.to_string().contains("poison") && panicked.to_string().contains("is safe"), "{panicked}");
    assert!(matches!(library.overhaul(explode(Bomb(0))).await, Err(LibraryError::Panicked(_))));
    // One that gets through the transaction, to the end of the writer's turn.
    assert!(matches!(library.change(explode(Bomb(1))).await, Err(LibraryError::Panicked(_))));
    assert_eq!(codes(&library).await, ["mistake"]);

    library.take_in(incoming("2")).await.unwrap();
    library.caught_up().await.unwrap();
    let (through, events) = library
        .read(|connection| {
            let sql = "SELECT (SELECT through FROM projection), (SELECT count(*) FROM events)";
            Ok(connection.query_row(sql, [], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)))?)
        })
        .await
        .unwrap();
    assert_eq!((through, events), (2, 2));
    library.close().await;
    tokio::task::spawn_blocking(|| thread.join()).await.unwrap();
}

#[tokio::test]
async fn a_panic_in_a_question_is_told_as_such() {
    let Opened { library, thread, _dir } = opened();
    let told = library.read::<()>(|_| panic!("no such page")).await.unwrap_err();
    assert!(matches!(&told, LibraryError::Panicked(panicked) if panicked.message == "no such page"), "{told}");
    library.read(queries_still_work).await.unwrap();
    library.close().await;
    tokio::task::spawn_blocking(|| thread.join()).await.unwrap();
}

fn queries_still_work(connection: &Connection) -> Result<(), LibraryError> {
    Ok(connection.query_row("SELECT 1", [], |_| Ok(()))?)
}

#[tokio::test]
async fn when_the_writer_is_gone_nothing_more_is_acknowledged_and_everybody_hears_why() {
    let Opened { library, thread, _dir } = opened();
    library.take_in(incoming("1")).await.unwrap();
    let told = library.change(explode(Bomb(2))).await.unwrap_err();
    // Its inbox may be closed a moment later than it is answered.
    while !library.writer.is_closed() {
        tokio::task::yield_now().await;
    }
    let refused = library.take_in(incoming("2")).await.unwrap_err();
    let waits = library.caught_up().await.unwrap_err();
    for told in [&refused, &waits] {
        assert!(matches!(told, LibraryError::Ended(_)), "{told}");
        assert!(told.to_string().contains("start Lysbord again"), "{told}");
    }
    assert!(!matches!(told, LibraryError::Closing), "{told}");
    assert_eq!(codes(&library).await, ["ended"]);
    library.read(queries_still_work).await.unwrap();

    library.close().await;
    tokio::task::spawn_blocking(|| thread.join()).await.unwrap();
}

#[test]
fn what_fails_by_itself_leaves_no_trace_in_its_transaction() {
    let dir = tempfile::tempdir().unwrap();
    let mut connection = connection::open_for_writing(&dir.path().join("library.db")).unwrap();
    let transaction = connection.transaction().unwrap();
    let put = |value: i64| Ok(transaction.execute("UPDATE projection SET through = ?1", [value])?);
    connection::alone(&transaction, || put(1)).unwrap();
    let failed = connection::alone(&transaction, || put(2).and_then(|_| Err::<(), _>(LibraryError::Busy)));
    assert!(matches!(failed, Err(LibraryError::Busy)));
    let panicked = connection::alone::<()>(&transaction, || {
        put(3)?;
        panic!("poison")
    });
    assert!(matches!(panicked, Err(LibraryError::Panicked(_))));
    transaction.commit().unwrap();
    assert_eq!(cursor::through(&connection).unwrap(), DeliveryId(1));
}

#[test]
fn a_connection_is_careful_again_whatever_happens_in_its_haste() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("library.db");
    let mut connection = connection::open_for_writing(&path).unwrap();
    let care = |connection: &Connection| {
        ["synchronous", "foreign_keys", "wal_autocheckpoint"]
            .map(|name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).unwrap())
    };
    let careful = care(&connection);
    assert_eq!(careful[..2], [2, 1]);
    let failing: [fn(&mut Connection) -> Result<(), LibraryError>; 3] = [
        |_| Err(LibraryError::Full),
        |connection| Ok(connection.execute_batch("SELECT no_such_function()")?),
        |_| panic!("poison"),
    ];
    for fails in failing {
        let failed = crate::supervise::caught(|| {
            let mut in_haste = connection::InHaste::begin(&mut connection)?;
            assert_ne!(care(&in_haste), careful);
            connection::with_file_beside(&mut in_haste, Some(path.clone()), fails)
        });
        assert!(!matches!(failed, Ok(Ok(()))));
        assert_eq!(care(&connection), careful);
    }
    // Nor does a file stay attached that was beside it.
    connection::with_file_beside(&mut connection, Some(path.clone()), |_| Ok(())).unwrap();
}
