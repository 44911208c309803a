//! What a client's error says, out of the chain of its sources.

use runtime_hyper::find;
use std::{
    error,
    io::{self, ErrorKind},
    iter,
};

/// Why a request brought no whole response.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Failure {
    /// The runtime's own error is inside.
    Runtime(runtime_traits::Error),
    /// h2 keeps the kind of an I/O error, and of the rest its text; so does hyper of the end of a body.
    Io(ErrorKind),
    /// The connection ended before the head of the response was there.
    Incomplete,
    /// The connection was gone before the request was sent.
    Canceled,
    /// A ping of HTTP/2 was not answered in time.
    KeepAlive,
}

impl<E: error::Error + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        if let Some(found) = find(&error) {
            return Self::Runtime(found.clone());
        }
        let failure = sources(&error).find_map(Self::of);
        failure.unwrap_or_else(|| panic!("an error that no test expects: {error:?}"))
    }
}

/// An error, and its sources, down to what an I/O error wraps.
pub(crate) fn sources<'a>(
    error: &'a (dyn error::Error + 'static),
) -> impl Iterator<Item = &'a (dyn error::Error + 'static)> {
    iter::successors(Some(error), |error| {
        let wrapped = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        wrapped.map_or_else(|| error.source(), |wrapped| Some(wrapped))
    })
}

impl Failure {
    /// What one error of the chain is by itself.
    fn of(error: &(dyn error::Error + 'static)) -> Option<Self> {
        if let Some(error) = error.downcast_ref::<hyper::Error>() {
            return match () {
                () if error.is_incomplete_message() => Some(Self::Incomplete),
                () if error.is_canceled() => Some(Self::Canceled),
                () if error.is_timeout() => Some(Self::KeepAlive),
                () => None,
            };
        }
        let of_h2 = error
            .downcast_ref::<h2::Error>()
            .and_then(h2::Error::get_io);
        let io = error.downcast_ref().or(of_h2)?;
        Some(Self::Io(io::Error::kind(io)))
    }
}
