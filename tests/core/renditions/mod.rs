//! The renditions room seen from its door, with a real picture server on the other side.

pub mod archive;
mod blobs;
mod colours;
mod comparing;
pub mod desk;
mod doubt;
pub mod drawn;
mod fetching;
mod hostile;
mod looking;
mod order;
mod stories;
