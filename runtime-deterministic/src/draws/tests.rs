//! That a look at draws to come shows them.

use super::{Draws, Picks, Purpose, WORDS};
use std::collections::VecDeque;

#[test]
fn what_is_peeked_is_what_comes() {
    let mut picks = Picks::new(Draws::new(7, Purpose::Schedule));
    let mut draws = Draws::new(7, Purpose::Schedule);
    let mut expected = VecDeque::new();
    for ahead in (0..=WORDS).cycle().take(10 * WORDS) {
        picks.look_ahead(ahead);
        // Of a power of two nothing is drawn again.
        expected.extend((expected.len()..ahead.max(1)).map(|_| draws.below(1 << 20)));
        for (others, expected) in expected.iter().enumerate().take(ahead) {
            assert_eq!(picks.peek(picks.drawn() + others, 1 << 20), *expected);
        }
        assert_eq!(Some(picks.below(1 << 20)), expected.pop_front());
    }
}
