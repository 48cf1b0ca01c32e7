//! Lysbord's rooms, seen from outside.

mod demo;
