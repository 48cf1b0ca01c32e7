//! How SQLite goes about a question, for the tests that hold each question to its index.

use rusqlite::{Connection, params_from_iter};

/// The steps of a question's plan, each as SQLite words it. A fault of the SQL panics.
pub(in crate::library) fn query_plan(connection: &Connection, sql: &str) -> Vec<String> {
    let mut explain = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let bound = vec![1; explain.parameter_count()];
    let steps = explain.query_map(params_from_iter(bound), |row| row.get(3)).unwrap();
    steps.collect::<Result<_, _>>().unwrap()
}
