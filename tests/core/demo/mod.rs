//! The pretend tenant, seen from outside: what it posts and what it serves.

mod drawing;
mod playing;
mod serving;
mod telling;
