//! A queue of bytes against std's.

use super::Queue;
use crate::draws::{Draws, Purpose};
use std::{collections::VecDeque, io::Read};

#[test]
fn a_queue_gives_what_went_in_and_keeps_little_of_what_it_gave() {
    let draws = &mut Draws::new(1, Purpose::Schedule);
    let (mut queue, mut model) = (Queue::default(), VecDeque::new());
    for step in 0..10_000_u32 {
        if draws.one_in(2) {
            let bytes = vec![step as u8; draws.below(100) as usize];
            queue.push(&bytes);
            model.extend(bytes);
            let kept = queue.bytes.len();
            assert!(
                kept <= 2 * queue.len(),
                "step {step}: it keeps what was taken"
            );
        } else {
            let mut expected = vec![0; draws.below(120).min(model.len() as u32) as usize];
            let mut found = expected.clone();
            model.read_exact(&mut expected).unwrap();
            queue.take(&mut found);
            assert_eq!(found, expected, "step {step}");
        }
        if draws.one_in(1_000) {
            queue.clear();
            model.clear();
        }
        assert_eq!(queue.len(), model.len(), "step {step}");
    }
}
