//! What is read of a delivery at once is what its notice says when it is read as a whole.

use lysbord_core::fotoware::{Notice, Pictures, pictures, receive};

use crate::order::telling;

#[test]
fn what_is_urgent_is_what_the_notice_says() {
    let mut with_pictures = 0;
    for delivery in telling::all().into_iter().flat_map(|story| story.deliveries) {
        let notice = Notice::read(delivery.hook, None, delivery.body.as_bytes());
        match (receive(None, delivery.body.as_bytes()).arrival, notice) {
            (Ok(arrival), Ok(notice)) => {
                assert_eq!(arrival.webhook_id, notice.webhook_id);
                assert_eq!(arrival.pictures, pictures(None, delivery.body.as_bytes()));
                with_pictures += usize::from(arrival.pictures != Pictures::default());
            }
            (arrival, notice) => assert_eq!(arrival.unwrap_err(), notice.unwrap_err()),
        }
    }
    assert!(with_pictures > 100);
}
