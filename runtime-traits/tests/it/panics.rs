//! What becomes of panics beside the first, and of what they carry.

use runtime_traits::panics::{Payload, catching, despite, first, forget};
use std::panic::resume_unwind;

/// Panics when it is dropped, and carries another.
pub(crate) struct Nested;

impl Drop for Nested {
    fn drop(&mut self) {
        resume_unwind(Box::new(Self));
    }
}

fn text(payload: Payload) -> &'static str {
    *payload.downcast().expect("a text")
}

fn panics<R>(text: &'static str) -> Result<R, Payload> {
    Err(Box::new(text))
}

#[test]
fn a_payload_is_let_go_whatever_its_destructor_does() {
    forget(Box::new("a text"));
    forget(Box::new(Nested));
}

#[test]
fn of_two_panics_the_first_is_told_and_what_the_other_left_is_let_go() {
    assert_eq!(first(Ok(7), Ok(())).ok(), Some(7));
    assert_eq!(first::<u8>(panics("one"), Ok(())).map_err(text), Err("one"));
    assert_eq!(first(Ok(7), panics("two")).map_err(text), Err("two"));
    let both = first::<u8>(panics("one"), Err(Box::new(Nested)));
    assert_eq!(both.map_err(text), Err("one"));
    let unwanted = first(Ok(Nested), panics("two"));
    assert_eq!(unwanted.map(|_| ()).map_err(text), Err("two"));
}

#[test]
fn the_rest_is_done_whatever_panics_carry() {
    let (mut left, mut done) = ((0..5).rev(), 0);
    let ended = catching(|| {
        despite(|| {
            for number in left.by_ref() {
                match number {
                    4 => resume_unwind(Box::new("first")),
                    3 | 1 => resume_unwind(Box::new(Nested)),
                    _ => done += 1,
                }
            }
        });
    });
    assert_eq!((ended.map_err(text), done), (Err("first"), 2));
}
