//! Seeds and ranges of them, as they are written on a command line and in the environment.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

/// A range of seeds that holds at least one; written `A..B`, `B` excluded, or `A..+N`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SeedRange {
    begin: u64,
    end: u64,
}

impl SeedRange {
    /// The range of one seed, which is below `u64::MAX` (`parse_seed` sees to it).
    pub(crate) fn one(seed: u64) -> Self {
        Self {
            begin: seed,
            end: seed + 1,
        }
    }

    /// What is run unless something else is asked for.
    pub(crate) fn thousand() -> Self {
        Self {
            begin: 0,
            end: 1000,
        }
    }

    /// From seed 0 to the highest: more than any sweep ends.
    pub(crate) fn endless() -> Self {
        Self {
            begin: 0,
            end: u64::MAX,
        }
    }

    pub(crate) fn range(self) -> Range<u64> {
        self.begin..self.end
    }
}

impl FromStr for SeedRange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (begin, end) = text
            .split_once("..")
            .ok_or("a range is written A..B, as in 0..1000")?;
        let begin = parse_number(begin)?;
        let end = match end.strip_prefix('+') {
            None => parse_number(end)?,
            Some(count) => begin
                .checked_add(parse_number(count)?)
                .ok_or_else(|| format!("the highest seed is {}", u64::MAX - 1))?,
        };
        if begin >= end {
            return Err(format!(
                "the range holds no seed: {begin} is not below {end}"
            ));
        }
        Ok(Self { begin, end })
    }
}

impl fmt::Display for SeedRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.begin, self.end)
    }
}

/// One seed, in decimal or, after `0x`, in hexadecimal.
pub(crate) fn parse_seed(text: &str) -> Result<u64, String> {
    match parse_number(text)? {
        u64::MAX => Err(format!("the highest seed is {}", u64::MAX - 1)),
        seed => Ok(seed),
    }
}

fn parse_number(text: &str) -> Result<u64, String> {
    match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => text.parse(),
    }
    .map_err(|error| format!("'{text}' is not a seed: {error}"))
}

#[cfg(test)]
mod tests {
    //! What a command line may say.

    use super::{SeedRange, parse_seed};

    #[test]
    fn ranges_are_half_open_and_never_empty() {
        assert_eq!("3..7".parse::<SeedRange>().map(SeedRange::range), Ok(3..7));
        assert_eq!(
            "0x10..0x20".parse::<SeedRange>().map(SeedRange::range),
            Ok(16..32)
        );
        assert_eq!(
            "0x10..+3".parse::<SeedRange>().map(SeedRange::range),
            Ok(16..19)
        );
        for wrong in [
            "",
            "7",
            "..",
            "3..",
            "..3",
            "7..7",
            "8..7",
            "-1..3",
            "0..=3",
            "a..b",
            "3..+0",
            "2..+0xffffffffffffffff",
        ] {
            assert!(
                wrong.parse::<SeedRange>().is_err(),
                "{wrong} is not a range"
            );
        }
    }

    #[test]
    fn seeds_are_decimal_or_hexadecimal() {
        assert_eq!(parse_seed("7"), Ok(7));
        assert_eq!(parse_seed("0xff"), Ok(255));
        assert_eq!(
            parse_seed("18446744073709551614")
                .map(SeedRange::one)
                .map(|one| one.to_string()),
            Ok("18446744073709551614..18446744073709551615".to_owned())
        );
        for wrong in [
            "",
            "0x",
            "ff",
            "7.0",
            "18446744073709551615",
            "18446744073709551616",
        ] {
            assert!(parse_seed(wrong).is_err(), "{wrong} is not a seed");
        }
    }
}
