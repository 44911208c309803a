//! Panics of a program's own code, of which a backend tells one and lets go of the others. For backends.
//!
//! What a panic carries is the program's as well, and its destructor may panic in its turn: dropped where
//! another panic unwinds, that aborts the process.

use std::{
    any::Any,
    mem,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
};

/// What a panic carries.
pub type Payload = Box<dyn Any + Send>;

/// What `work`, which is the program's, yields, or panics with.
///
/// # Errors
/// The payload of its panic.
#[inline]
pub fn catching<R>(work: impl FnOnce() -> R) -> Result<R, Payload> {
    catch_unwind(AssertUnwindSafe(work))
}

/// Drops a payload that is told to nobody, whatever its destructor does. It does not panic.
pub fn forget(payload: Payload) {
    if let Err(another) = catching(|| drop(payload)) {
        // It may go on like this for ever.
        mem::forget(another);
    }
}

/// The first panic of two pieces of work, of which the other's payload is let go, as is what the one made
/// where the other panicked. It does not panic.
///
/// # Errors
/// The payload of the first panic.
#[inline]
pub fn first<R>(one: Result<R, Payload>, other: Result<(), Payload>) -> Result<R, Payload> {
    match other {
        Ok(()) => one,
        Err(payload) => Err(first_payload(one, payload)),
    }
}

#[cold]
fn first_payload<R>(one: Result<R, Payload>, other: Payload) -> Payload {
    let (told, untold) = match one {
        Err(payload) => (payload, Some(other)),
        Ok(unwanted) => (other, catching(|| drop(unwanted)).err()),
    };
    untold.into_iter().for_each(forget);
    told
}

/// Calls `rest` again after each of its panics, for what it has not come to. The first panic goes on once all is
/// done: it must not unwind through the rest, of which another that panics would abort the process.
///
/// # Panics
/// As `rest` does first.
pub fn despite(mut rest: impl FnMut()) {
    let mut all = Ok(());
    while let Err(payload) = catching(&mut rest) {
        all = first(all, Err(payload));
    }
    all.unwrap_or_else(|payload| resume_unwind(payload));
}
