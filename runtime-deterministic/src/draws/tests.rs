//! That a look at draws to come shows them.

use super::{Draws, Picks, Purpose, WORDS};

#[test]
fn what_is_peeked_is_what_comes() {
    let mut picks = Picks::new(Draws::new(7, Purpose::Schedule));
    let mut right = 0;
    for _ in 0..10 * WORDS {
        // Of a power of two nothing is drawn again.
        let peeked = [0, 3].map(|draws| picks.peek(draws, 1 << 20));
        let mut ahead = Picks {
            draws: Draws::new(0, Purpose::Schedule),
            words: picks.words,
            at: picks.at,
        };
        if let [Some(first), Some(fourth)] = peeked {
            let coming = [(); 4].map(|()| ahead.below(1 << 20));
            assert_eq!([first, fourth], [coming[0], coming[3]]);
            right += 1;
        }
        picks.below(1 << 20);
    }
    // All but four of each batch, in which the fourth word from there was not made yet.
    assert_eq!(right, 10 * (WORDS - 4));
}
