//! A probability that is one.

use crate::WorldError;
use std::fmt;

/// How often something happens by chance: so many times out of so many. It is a probability from 0
/// to 1, whoever made it; the default is never.
///
/// ```
/// use runtime_deterministic::Ratio;
///
/// const SELDOM: Ratio = Ratio::new(1, 1_000);
/// assert_eq!(SELDOM, Ratio::new(2, 2_000));
/// assert_eq!(SELDOM.to_string(), "1/1000");
/// assert_eq!(Ratio::default(), Ratio::NEVER);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ratio {
    pub(crate) times: u32,
    pub(crate) of: u32,
}

impl Ratio {
    /// Nothing happens.
    pub const NEVER: Self = Self::new(0, 1);
    /// It happens each time.
    pub const ALWAYS: Self = Self::new(1, 1);

    /// `times` out of `of`.
    ///
    /// # Panics
    /// When `of` is 0, or less than `times`. In a constant the compiler says so.
    #[must_use]
    #[track_caller]
    pub const fn new(times: u32, of: u32) -> Self {
        assert!(
            times <= of && of > 0,
            "a Ratio is at most 1, and not of 0: use Ratio::new(1, 100) for one time in a hundred"
        );
        let by = common(times, of);
        Self {
            times: times / by,
            of: of / by,
        }
    }

    /// As [`new`](Self::new), for numbers that come from elsewhere.
    ///
    /// # Errors
    /// [`WorldError::RatioOutOfRange`] where `new` panics.
    ///
    /// ```
    /// use runtime_deterministic::{Ratio, WorldError};
    ///
    /// assert_eq!(Ratio::try_new(1, 2), Ok(Ratio::new(1, 2)));
    /// assert_eq!(Ratio::try_new(3, 2), Err(WorldError::RatioOutOfRange(3, 2)));
    /// ```
    pub fn try_new(times: u32, of: u32) -> Result<Self, WorldError> {
        match times <= of && of > 0 {
            true => Ok(Self::new(times, of)),
            false => Err(WorldError::RatioOutOfRange(times, of)),
        }
    }

    /// Both numbers in one, for the audit.
    pub(crate) fn code(self) -> u64 {
        u64::from(self.times) << 32 | u64::from(self.of)
    }

    /// What [`code`](Self::code) made one number of.
    pub(crate) fn decode(code: u64) -> Option<Self> {
        Self::try_new((code >> 32) as u32, code as u32).ok()
    }
}

/// The greatest number that divides both (Euclid).
const fn common(mut a: u32, mut b: u32) -> u32 {
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}

impl Default for Ratio {
    fn default() -> Self {
        Self::NEVER
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.times, self.of)
    }
}

impl fmt::Debug for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ratio({self})")
    }
}

#[cfg(test)]
mod tests;
