//! Lysbord.
