//! What a test sets of a link.

use super::line::Line;
use crate::{Ratio, clock::Instant};
use std::{
    fmt,
    mem::{discriminant, replace},
    ops::RangeInclusive,
};

/// One property of one direction. Times are in nanoseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Setting {
    Latency(RangeInclusive<u64>),
    Tail(Ratio, RangeInclusive<u64>),
    Bandwidth(u64),
    Loss(Ratio),
    Duplicate(Ratio),
    Reorder(Ratio, RangeInclusive<u64>),
}

impl Line {
    /// Returns what it was before.
    pub(super) fn set(&mut self, setting: Setting) -> Setting {
        match setting {
            Setting::Latency(range) => Setting::Latency(replace(&mut self.latency, range)),
            Setting::Tail(share, by) => {
                let (share, by) = replace(&mut self.tail, (share, by));
                Setting::Tail(share, by)
            }
            Setting::Bandwidth(bytes) => Setting::Bandwidth(replace(&mut self.bandwidth, bytes)),
            Setting::Loss(ratio) => Setting::Loss(replace(&mut self.loss, ratio)),
            Setting::Duplicate(ratio) => Setting::Duplicate(replace(&mut self.duplicate, ratio)),
            Setting::Reorder(share, by) => {
                let (share, by) = replace(&mut self.reorder, (share, by));
                Setting::Reorder(share, by)
            }
        }
    }
}

impl Setting {
    /// Whether one takes the place of the other.
    pub(crate) fn is_same_property(&self, other: &Self) -> bool {
        discriminant(self) == discriminant(other)
    }

    /// What the audit sees of it.
    pub(crate) fn numbers(&self) -> [u64; 4] {
        match self {
            Self::Latency(range) => [1, 0, *range.start(), *range.end()],
            Self::Tail(share, by) => [2, share.code(), *by.start(), *by.end()],
            Self::Bandwidth(bytes_per_second) => [3, *bytes_per_second, 0, 0],
            Self::Loss(ratio) => [4, ratio.code(), 0, 0],
            Self::Duplicate(ratio) => [5, ratio.code(), 0, 0],
            Self::Reorder(share, by) => [6, share.code(), *by.start(), *by.end()],
        }
    }

    /// What it was, of what the audit saw.
    pub(crate) fn from_numbers([what, a, b, c]: [u64; 4]) -> Option<Self> {
        Some(match what {
            1 => Self::Latency(b..=c),
            2 => Self::Tail(Ratio::decode(a)?, b..=c),
            3 => Self::Bandwidth(a),
            4 => Self::Loss(Ratio::decode(a)?),
            5 => Self::Duplicate(Ratio::decode(a)?),
            6 => Self::Reorder(Ratio::decode(a)?, b..=c),
            _ => return None,
        })
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latency(range) => write!(f, "latency {}", Span(range)),
            Self::Tail(share, by) => write!(f, "for {share} of all {} more", Span(by)),
            Self::Bandwidth(0) => write!(f, "bandwidth without limit"),
            Self::Bandwidth(bytes) => write!(f, "bandwidth {bytes} bytes a second"),
            Self::Loss(ratio) => write!(f, "loss {ratio}"),
            Self::Duplicate(ratio) => write!(f, "{ratio} of datagrams twice"),
            Self::Reorder(share, by) => {
                write!(f, "for {share} of datagrams {} more", Span(by))
            }
        }
    }
}

struct Span<'a>(&'a RangeInclusive<u64>);

impl fmt::Display for Span<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} to {}",
            Instant(*self.0.start()),
            Instant(*self.0.end())
        )
    }
}
