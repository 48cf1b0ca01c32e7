//! The renditions room seen from its door, with a real picture server on the other side.

mod archive;
mod blobs;
mod desk;
mod drawn;
mod fetching;
mod hostile;
mod looking;
mod order;
mod stories;
