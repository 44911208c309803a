//! Faults in one line of text, and back.

use super::{FaultKind, Faults};
use crate::Ratio;
use std::{fmt, str::FromStr, time::Duration};

/// Why a text is no [`Faults`].
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FaultsError {
    /// No kind of fault has this name.
    #[error("{0:?} is no kind of fault: use {names}", names = names())]
    UnknownKind(String),
    /// Something is said twice.
    #[error("{0:?} says again what was said before: say how often each kind strikes once")]
    Twice(String),
    /// A word that is not understood.
    #[error(
        "{0:?} is not understood: use `none`, `crash=1/10 partition=1/4 pace=20ms outage=2s \
         until=1m`, or `drawn`, alone or with the kinds to draw from: `drawn crash partition`"
    )]
    Word(String),
}

fn names() -> String {
    let names: Vec<_> = FaultKind::ALL.iter().map(ToString::to_string).collect();
    names.join(", ")
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut words = Vec::new();
        match (self.drawn, self.kinds.len()) {
            (false, 0) => words.push("none".to_owned()),
            (false, _) => {
                let shares = self.kinds.iter();
                words.extend(shares.map(|(kind, share)| format!("{kind}={share}")));
            }
            (true, all) => {
                words.push("drawn".to_owned());
                if all < FaultKind::ALL.len() {
                    words.extend(self.kinds.keys().map(ToString::to_string));
                }
            }
        }
        let times = [
            ("pace", self.pace),
            ("outage", self.outage),
            ("until", self.until),
        ];
        for (name, time) in times {
            words.extend(time.map(|time| format!("{name}={}", Time(time))));
        }
        f.write_str(&words.join(" "))
    }
}

impl FromStr for Faults {
    type Err = FaultsError;

    fn from_str(text: &str) -> Result<Self, FaultsError> {
        let mut faults = Self::none();
        let mut words = text.split_whitespace().peekable();
        faults.drawn = words.next_if_eq(&"drawn").is_some();
        let off = !faults.drawn && words.next_if_eq(&"none").is_some();
        if text.trim().is_empty() {
            return Err(FaultsError::Word(text.into()));
        }
        for word in words {
            faults.take(word, off)?;
        }
        if faults.drawn && faults.kinds.is_empty() {
            faults.kinds = Self::drawn().kinds;
        }
        Ok(faults)
    }
}

impl Faults {
    fn take(&mut self, word: &str, off: bool) -> Result<(), FaultsError> {
        let unknown = || FaultsError::Word(word.into());
        let Some((name, value)) = word.split_once('=') else {
            let kind = word.parse()?;
            if !self.drawn {
                return Err(unknown());
            }
            let said = self.kinds.insert(kind, Ratio::ALWAYS);
            return once(said, word);
        };
        let time = || Time::parse(value).ok_or_else(unknown);
        match name {
            "pace" => once(self.pace.replace(time()?), word),
            "outage" => once(self.outage.replace(time()?), word),
            "until" => once(self.until.replace(time()?), word),
            kind => {
                let kind = kind.parse()?;
                let share = parse_share(value).filter(|_| !self.drawn && !off);
                once(self.kinds.insert(kind, share.ok_or_else(unknown)?), word)
            }
        }
    }
}

/// An error, where this was said before.
fn once<T>(said: Option<T>, word: &str) -> Result<(), FaultsError> {
    said.map_or(Ok(()), |_| Err(FaultsError::Twice(word.into())))
}

fn parse_share(text: &str) -> Option<Ratio> {
    let (times, of) = text.split_once('/')?;
    let share = Ratio::try_new(times.parse().ok()?, of.parse().ok()?).ok()?;
    (share != Ratio::NEVER).then_some(share)
}

/// A duration as a whole number of the largest unit that has one.
struct Time(Duration);

impl Time {
    const UNITS: [(&'static str, u128); 5] = [
        ("m", 60_000_000_000),
        ("s", 1_000_000_000),
        ("ms", 1_000_000),
        ("us", 1_000),
        ("ns", 1),
    ];

    fn parse(text: &str) -> Option<Duration> {
        let digits = text.find(|c: char| !c.is_ascii_digit())?;
        let (number, name) = text.split_at(digits);
        let (_, unit) = Self::UNITS.iter().find(|(unit, _)| *unit == name)?;
        let nanos = number.parse::<u128>().ok()?.checked_mul(*unit)?;
        let seconds = u64::try_from(nanos / 1_000_000_000).ok()?;
        Some(Duration::new(seconds, (nanos % 1_000_000_000) as u32))
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = self.0.as_nanos();
        let mut units = Self::UNITS.iter();
        match units.find(|(_, unit)| nanos > 0 && nanos.is_multiple_of(*unit)) {
            Some((name, unit)) => write!(f, "{}{name}", nanos / unit),
            None => f.write_str("0s"),
        }
    }
}
