//! One machine's part of a range of seeds, written `K/N`: the first of four is `1/4`.
//!
//! Pure arithmetic: the parts of a range are disjoint, hold all of it, and differ by one seed at most.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Shard {
    /// From 1 on.
    pub(crate) number: u64,
    pub(crate) of: u64,
}

impl Shard {
    pub(crate) const WHOLE: Self = Self { number: 1, of: 1 };

    /// The seeds of `whole` that are this shard's.
    pub(crate) fn part(self, whole: &Range<u64>) -> Range<u64> {
        let length = u128::from(whole.end - whole.start);
        let border = |number: u64| {
            let offset = length * u128::from(number) / u128::from(self.of);
            whole.start + u64::try_from(offset).unwrap_or(u64::MAX)
        };
        border(self.number - 1)..border(self.number)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let shard = text.split_once('/').and_then(|(number, of)| {
            Some(Self {
                number: number.parse().ok()?,
                of: of.parse().ok()?,
            })
        });
        shard
            .filter(|shard| (1..=shard.of).contains(&shard.number))
            .ok_or_else(|| {
                format!("'{text}' is no shard: the first of four is written 1/4, the last 4/4")
            })
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

#[cfg(test)]
mod tests {
    //! Every seed is one shard's.

    use super::Shard;

    #[test]
    fn the_shards_of_a_range_are_disjoint_and_hold_all_of_it() {
        for whole in [0..10, 7..1007, 3..4, 0..u64::MAX] {
            for of in 1..=7 {
                let mut next = whole.start;
                for number in 1..=of {
                    let part = Shard { number, of }.part(&whole);
                    assert_eq!(part.start, next);
                    assert!((part.end - part.start).abs_diff((whole.end - whole.start) / of) <= 1);
                    next = part.end;
                }
                assert_eq!(next, whole.end);
            }
        }
    }

    #[test]
    fn shards_are_counted_from_one() {
        assert_eq!("2/3".parse(), Ok(Shard { number: 2, of: 3 }));
        for wrong in ["", "2", "0/3", "4/3", "0/0", "-1/3", "1/3/5", "a/b"] {
            let why = wrong.parse::<Shard>().unwrap_err();
            assert!(why.contains("is no shard"), "{why}");
        }
    }
}
