//! Lysbord's program from outside: the real binary, its command line, its signals, and what a kill or a full disk leave.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(unreachable_pub, reason = "nobody reaches into a test")]

mod archive;
mod commands;
mod disk;
mod hooks;
mod kill;
mod program;
mod strangers;
mod web;
