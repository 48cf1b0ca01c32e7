//! Lysbord's rooms, seen from outside.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(unreachable_pub, reason = "nobody reaches into a test")]

mod activity;
mod alerts;
mod api;
mod arrival;
mod browser_auth;
mod compare;
mod contact_sheet;
mod decisions;
mod delivery_log;
mod demo;
mod desk;
mod documents;
mod event_list;
mod export;
mod finding;
mod hostile_payloads;
mod import;
mod intake;
mod late;
mod logs;
mod looking_back;
mod nothing_stops;
mod notice;
mod openapi;
mod order;
mod pictures;
mod reach;
mod rebuild;
mod renditions;
mod resend;
mod rooms;
mod search;
mod search_fields;
mod secrets;
mod spawns;
mod stories;
mod strange_bodies;
mod strangers;
mod workbook;
