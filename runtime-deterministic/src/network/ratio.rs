//! A probability that cannot be out of range.

use super::line::Dice;
use crate::WorldError;
use std::fmt;

/// A probability: so many cases of so many. It is exact, unlike a float, so that it prints and
/// draws the same everywhere.
///
/// ```
/// use runtime_deterministic::{Ratio, WorldError};
///
/// let one_percent = Ratio::new(1, 100);
/// assert_eq!(one_percent.to_string(), "1/100");
/// assert_eq!(Ratio::try_new(3, 2), Err(WorldError::RatioOutOfRange(3, 2)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ratio {
    cases: u32,
    of: u32,
}

impl Ratio {
    /// Never.
    pub const NEVER: Self = Self::new(0, 1);
    /// Each time.
    pub const ALWAYS: Self = Self::new(1, 1);

    /// So many `cases` `of` so many.
    ///
    /// # Panics
    /// When `of` is 0, or `cases` is more than `of`; in a constant, at compile time.
    pub const fn new(cases: u32, of: u32) -> Self {
        assert!(
            cases <= of && of > 0,
            "a ratio is from 0/1 to 1/1: name at most as many cases as there are, of at least one"
        );
        Self { cases, of }
    }

    /// As [`new`](Self::new), for numbers that come from elsewhere.
    ///
    /// # Errors
    /// [`WorldError::RatioOutOfRange`] where `new` panics.
    pub fn try_new(cases: u32, of: u32) -> Result<Self, WorldError> {
        match cases <= of && of > 0 {
            true => Ok(Self { cases, of }),
            false => Err(WorldError::RatioOutOfRange(cases, of)),
        }
    }

    /// Whether this is one of the cases. What is certain draws nothing.
    pub(super) fn hits(self, dice: &mut Dice<'_>) -> bool {
        match self.cases {
            0 => false,
            cases if cases == self.of => true,
            cases => dice(0..=u64::from(self.of) - 1) < cases.into(),
        }
    }

    /// Both numbers in one, for the audit.
    pub(crate) fn code(self) -> u64 {
        u64::from(self.cases) << 32 | u64::from(self.of)
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.cases, self.of)
    }
}
