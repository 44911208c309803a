//! What a ratio can be, and what it cannot.

use super::Ratio;
use std::panic::catch_unwind;

#[test]
fn equal_probabilities_are_equal() {
    assert_eq!(Ratio::new(50, 100), Ratio::new(1, 2));
    assert_eq!(Ratio::new(0, 7), Ratio::NEVER);
    assert_eq!(Ratio::new(7, 7), Ratio::ALWAYS);
    assert_ne!(Ratio::new(1, 3), Ratio::new(1, 2));
}

#[test]
fn nothing_else_can_be_built() {
    for (times, of) in [(2, 1), (0, 0), (1, 0), (u32::MAX, u32::MAX - 1)] {
        assert!(
            catch_unwind(|| Ratio::new(times, of)).is_err(),
            "{times}/{of}"
        );
    }
}
