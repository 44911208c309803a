//! Each kind of event has a code of its own.

use super::Event;
use std::collections::BTreeSet;

#[test]
fn no_code_is_given_twice() {
    let codes: BTreeSet<_> = Event::CODES.iter().collect();
    assert_eq!(codes.len(), Event::CODES.len());
}
