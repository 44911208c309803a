//! When it is known what is spoken.

use super::{Opening, PREFACE};
use std::future::Ready;

fn opening() -> Opening {
    Opening::within(None::<Ready<()>>).0
}

#[test]
fn http2_is_known_when_its_preface_has_come_whole() {
    assert!(opening().hears(PREFACE));
    assert!(opening().hears(&[PREFACE, b"more"].concat()));
    let mut opening = opening();
    let (last, first) = PREFACE.split_last().unwrap();
    assert!(first.iter().all(|byte| !opening.hears(&[*byte])));
    assert!(opening.hears(&[*last]));
}

#[test]
fn http1_is_known_at_the_first_byte_that_differs() {
    assert!(opening().hears(b"G"));
    let mut post = opening();
    assert!(!post.hears(b"P"));
    assert!(post.hears(b"O"));
    let mut ended = opening();
    assert!(!ended.hears(b"PRI"));
    assert!(ended.hears(b""));
}
