//! Lysbord's rooms, seen from outside.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(unreachable_pub, reason = "nobody reaches into a test")]

mod demo;
mod openapi;
mod renditions;
