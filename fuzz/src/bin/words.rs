//! What a report prints to be pasted, faults and schedules, is read back as what it was; any other
//! text is refused in words, and never a panic.

#![no_main]
#![forbid(unsafe_code)]

use libfuzzer_sys::fuzz_target;
use runtime_deterministic::{FaultKind, Faults, Schedule};
use std::{
    fmt::{Debug, Display},
    str::FromStr,
    time::Duration,
};

fuzz_target!(|input: ([Duration; 3], &str)| {
    let ([pace, outage, until], text) = input;
    let made = Faults::drawn().pace(pace).outage(outage).until(until);
    assert_eq!(made.to_string().parse(), Ok(made));
    reads_back::<Faults>(text);
    reads_back::<FaultKind>(text);
    reads_back::<Schedule>(text);
});

fn reads_back<T>(text: &str)
where
    T: FromStr<Err: Display + Debug + PartialEq> + Display + Debug + PartialEq,
{
    match text.parse::<T>() {
        Ok(read) => assert_eq!(read.to_string().parse(), Ok(read)),
        Err(refused) => assert_ne!(refused.to_string(), ""),
    }
}
