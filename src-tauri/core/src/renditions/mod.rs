//! What to fetch, where from, may we.
