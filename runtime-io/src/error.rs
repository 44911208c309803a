//! Errors of the contract as [`io::Error`]s, and back, without loss in either direction.
//!
//! [`into_io`] gives an error the kind by which libraries tell errors apart, and keeps the [`Error`]
//! inside:
//!
//! | [`Error`] | [`io::ErrorKind`] |
//! |---|---|
//! | with a [`Cause`](runtime_traits::Cause): `SendFailed`, `RecvFailed`, … | the cause's, such as `ConnectionReset` or `BrokenPipe` |
//! | the same, of kind `WouldBlock` or `Interrupted` | `Other`: these would mean "try again" |
//! | `Closed` | `BrokenPipe`: the sink is closed or poisoned, or the runtime is gone |
//! | `Timeout` | `TimedOut` |
//! | `BlobInsufficientLength` | `UnexpectedEof` |
//! | `OffsetOverflow`, `PartitionNameInvalid` | `InvalidInput` |
//! | `PartitionMissing`, `BlobMissing` | `NotFound` |
//! | `Exited`, `Aborted`, and what later versions add | `Other` |
//!
//! [`find`] gets the [`Error`] back, also from within a library's own error. [`send_failed`] and
//! [`recv_failed`] go the other way: what [`into_io`] made becomes what it was, and any other error
//! the cause of `SendFailed` or `RecvFailed`.

use runtime_traits::Error;
use std::{error, io};

/// The [`io::Error`] of the kind that the [table](self) says, with `error` inside.
///
/// The system's own error, where there is one, is its [`source`](error::Error::source).
///
/// ```
/// use runtime_io::error::{find, into_io};
/// use runtime_traits::Error;
/// use std::io::ErrorKind;
///
/// let error = into_io(Error::RecvFailed(ErrorKind::ConnectionReset.into()));
/// assert_eq!(error.kind(), ErrorKind::ConnectionReset);
/// assert!(matches!(find(&error), Some(Error::RecvFailed(_))));
/// ```
pub fn into_io(error: Error) -> io::Error {
    io::Error::new(kind(&error), error)
}

fn kind(error: &Error) -> io::ErrorKind {
    use io::ErrorKind::*;
    if let Some(cause) = error.io_cause() {
        return match cause.kind() {
            WouldBlock | Interrupted => Other,
            kind => kind,
        };
    }
    match error {
        Error::Closed => BrokenPipe,
        Error::Timeout => TimedOut,
        Error::BlobInsufficientLength => UnexpectedEof,
        Error::OffsetOverflow | Error::PartitionNameInvalid(_) => InvalidInput,
        Error::PartitionMissing(_) | Error::BlobMissing(..) => NotFound,
        _ => Other,
    }
}

/// The [`Error`] that `error` is, wraps or was caused by, however deep.
///
/// ```
/// use runtime_io::error::{find, into_io};
/// use runtime_traits::Error;
/// use std::io;
///
/// // As a library would that adds where it happened.
/// let wrapped = io::Error::other(into_io(Error::Closed));
/// assert_eq!(find(&wrapped), Some(&Error::Closed));
/// assert_eq!(find(&io::Error::other("no more paper")), None);
/// ```
pub fn find<'a>(error: &'a (dyn error::Error + 'static)) -> Option<&'a Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<Error>() {
            return Some(found);
        }
        // The source of an `io::Error` is the source of what it wraps: one too far.
        let wrapped = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        next = match wrapped {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    None
}

/// What a failed write is to a [`Sink`](runtime_traits::Sink)'s user: the [`Error`] that `error`
/// carries, else [`Error::SendFailed`].
pub fn send_failed(error: io::Error) -> Error {
    error
        .downcast()
        .unwrap_or_else(|error| Error::SendFailed(error.into()))
}

/// What a failed read is to a [`Stream`](runtime_traits::Stream)'s user: the [`Error`] that `error`
/// carries, else [`Error::RecvFailed`].
pub fn recv_failed(error: io::Error) -> Error {
    error
        .downcast()
        .unwrap_or_else(|error| Error::RecvFailed(error.into()))
}
