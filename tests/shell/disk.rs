//! A disk that fills up, and a library that is taken away: what is not kept is not acknowledged, and nothing else is lost.

use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::archive::{Archive, Delivery};
use crate::program::{Place, Serving, until};

/// Posts until one is refused. Returns how many were taken in.
fn post_until_refused(serving: &Serving, deliveries: &[Delivery]) -> usize {
    let refused = deliveries.iter().position(|delivery| !was_taken(serving, delivery));
    refused.expect("the disk was never full: this story needs more deliveries")
}

/// Either taken in, or refused in a way that brings Fotoware back later.
fn was_taken(serving: &Serving, delivery: &Delivery) -> bool {
    let answer = serving.post(delivery).unwrap();
    if answer.status == 200 {
        return true;
    }
    assert_eq!(answer.status, 503, "{}", answer.body);
    let later: u32 = answer.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!(later > 0 && !answer.body.is_empty());
    false
}

fn all_are_there(place: &Place, acknowledged: &[Delivery]) {
    let ids: HashSet<&str> = acknowledged.iter().map(|delivery| delivery.webhook_id.as_str()).collect();
    until("all that was acknowledged can be seen", || {
        let events = place.events();
        ids.iter().all(|id| events.get(*id).is_some_and(|told| told.len() == 1)).then_some(())
    });
}

/// The disk is full, deliveries are refused, the program still ends well, and with room all goes on.
fn a_full_disk_costs_nothing_that_was_acknowledged(
    place: &Place,
    archive: &Archive,
    cramped: Serving,
    room: impl FnOnce(),
) {
    let deliveries = archive.chapter(0, 400);
    let taken = post_until_refused(&cramped, &deliveries);
    println!("{taken} deliveries were taken in before the disk was full");
    assert!(taken > 0);
    // It stays there, answers, and takes what still finds room.
    let (first, rest) = deliveries.split_at(taken);
    let (also, refused): (Vec<Delivery>, Vec<Delivery>) =
        rest.iter().take(20).cloned().partition(|delivery| was_taken(&cramped, delivery));
    assert_eq!(cramped.get("/status")["hooks"]["listening"], true);
    let log = cramped.close();
    assert!(log.contains("not acknowledged"), "{log}");

    room();
    let serving = place.serve(&[archive.url()]);
    all_are_there(place, &[first, &also].concat());
    place.done(&["doctor"]);
    serving.keep(&refused);
    all_are_there(place, &[first, &also, &refused].concat());
    place.pictures_settled();
    serving.close();
    place.done(&["doctor"]);
}

#[test]
fn where_files_cannot_grow_nothing_acknowledged_is_lost() {
    for kib in [400, 700] {
        let (place, archive) = (Place::new(), Archive::open(21));
        let cramped = place.serve_with_files_up_to(kib, &[archive.url()]);
        a_full_disk_costs_nothing_that_was_acknowledged(&place, &archive, cramped, || {});
    }
}

#[test]
fn on_a_small_disk_nothing_acknowledged_is_lost() {
    let (place, archive) = (Place::new(), Archive::open(22));
    fs::create_dir(place.data()).unwrap();
    let Some(disk) = SmallDisk::mount(place.data()) else {
        println!("only root may mount a small disk: nothing to see here");
        return;
    };
    let cramped = place.serve(&[archive.url()]);
    a_full_disk_costs_nothing_that_was_acknowledged(&place, &archive, cramped, || disk.grow());
}

#[test]
fn once_there_is_room_again_it_goes_on_by_itself() {
    let (place, archive) = (Place::new(), Archive::open(23));
    fs::create_dir(place.data()).unwrap();
    let Some(disk) = SmallDisk::mount(place.data()) else {
        println!("only root may mount a small disk: nothing to see here");
        return;
    };
    let serving = place.serve(&[archive.url()]);
    let deliveries = archive.chapter(0, 400);
    let taken = post_until_refused(&serving, &deliveries);

    disk.grow();

    let further = &deliveries[..taken + 5];
    serving.keep(&further[taken..]);
    all_are_there(&place, further);
    serving.close();
    place.done(&["doctor"]);
}

#[test]
fn a_library_that_is_taken_away_is_not_written_to_in_secret() {
    let (place, archive) = (Place::new(), Archive::open(24));
    let serving = place.serve(&[archive.url()]);
    let deliveries = archive.chapter(0, 12);
    let (first, rest) = deliveries.split_at(6);
    serving.keep(first);
    place.shows(first);
    place.pictures_settled();

    fs::rename(place.data(), place.path("elsewhere")).unwrap();
    for delivery in rest {
        assert!(!was_taken(&serving, delivery), "this went where nobody will find it");
    }
    serving.close();
    assert!(!place.data().exists(), "nothing may be made in its place");

    fs::rename(place.path("elsewhere"), place.data()).unwrap();
    place.done(&["doctor"]);
    let serving = place.serve(&[archive.url()]);
    serving.keep(rest);
    all_are_there(&place, &deliveries);
    serving.close();
}

#[test]
fn it_ends_well_also_when_the_library_is_deleted_in_the_middle_of_a_rush() {
    let (place, archive) = (Place::new(), Archive::open(25));
    let serving = place.serve(&[archive.url()]);
    let deliveries = archive.chapter(0, 40);
    let (first, rest) = deliveries.split_at(10);
    serving.keep(first);

    fs::remove_dir_all(place.data()).unwrap();
    assert!(!rest.iter().any(|delivery| was_taken(&serving, delivery)));

    serving.close();
}

/// A few megabytes in memory, gone with the test.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(at: PathBuf) -> Option<Self> {
        run(Command::new("mount").args(["-t", "tmpfs", "-o", "size=3m", "lysbord-test"]).arg(&at)).then_some(Self(at))
    }

    fn grow(&self) {
        assert!(run(Command::new("mount").args(["-o", "remount,size=300m"]).arg(&self.0)));
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        run(Command::new("umount").arg("--lazy").arg(&self.0));
    }
}

fn run(command: &mut Command) -> bool {
    command.stderr(std::process::Stdio::null()).status().is_ok_and(|status| status.success())
}
