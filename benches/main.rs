//! What Lysbord promises about speed, measured: `make bench`, or `cargo bench --no-default-features -- ack pictures gallery rebuild`
//! and, as only a build with a window has one, `cargo bench -- window`.
//!
//! Everything runs on this computer, the senders and the picture server beside Lysbord on the same processors. Figures are
//! medians over rounds unless they say otherwise; where there is a floor of the machine it is measured in turn.

#![allow(clippy::unwrap_used, reason = "a measurement that cannot go on has failed")]
#![allow(unreachable_pub, reason = "nobody reaches into a measurement")]

mod ack;
mod events;
mod floor;
mod gallery;
mod notices;
mod pictures;
mod rebuild;
mod rig;
mod strangers;
#[cfg(all(feature = "desktop", target_os = "linux"))]
mod window;

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|word| word == name);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    println!("{} processors, {}", std::thread::available_parallelism().map_or(1, usize::from), rig::build());
    if is_wanted("ack") {
        runtime.block_on(ack::run());
    }
    if is_wanted("pictures") {
        runtime.block_on(pictures::run());
    }
    if is_wanted("gallery") {
        runtime.block_on(gallery::run());
    }
    if is_wanted("rebuild") {
        runtime.block_on(rebuild::run());
    }
    if is_wanted("strangers") {
        runtime.block_on(strangers::run());
    }
    #[cfg(all(feature = "desktop", target_os = "linux"))]
    if is_wanted("window") {
        runtime.block_on(window::run());
    }
}
