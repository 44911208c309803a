//! The table of errors, and the way back.

use runtime_io::error::{find, into_io, recv_failed, send_failed};
use runtime_traits::Error;
use std::{
    error::Error as _,
    fmt,
    io::{self, ErrorKind::*},
    net::SocketAddr,
};

fn table() -> Vec<(Error, io::ErrorKind)> {
    let socket = SocketAddr::from(([127, 0, 0, 1], 80));
    let name = String::new;
    vec![
        (Error::SendFailed(ConnectionReset.into()), ConnectionReset),
        (Error::SendFailed(BrokenPipe.into()), BrokenPipe),
        (Error::SendFailed(WriteZero.into()), WriteZero),
        (Error::RecvFailed(UnexpectedEof.into()), UnexpectedEof),
        (Error::RecvFailed(WouldBlock.into()), Other),
        (Error::SendFailed(Interrupted.into()), Other),
        (
            Error::ConnectionFailed(socket, ConnectionRefused.into()),
            ConnectionRefused,
        ),
        (Error::Closed, BrokenPipe),
        (Error::Timeout, TimedOut),
        (Error::BlobInsufficientLength, UnexpectedEof),
        (Error::OffsetOverflow, InvalidInput),
        (Error::PartitionNameInvalid(name()), InvalidInput),
        (Error::PartitionMissing(name()), NotFound),
        (Error::BlobMissing(name(), name()), NotFound),
        (Error::Exited, Other),
        (Error::Aborted, Other),
    ]
}

#[test]
fn each_error_has_its_kind() {
    for (error, kind) in table() {
        assert_eq!(into_io(error.clone()).kind(), kind, "{error:?}");
    }
}

#[test]
fn each_error_comes_back_as_it_was() {
    for (error, _) in table() {
        assert_eq!(find(&into_io(error.clone())), Some(&error));
        assert_eq!(send_failed(into_io(error.clone())), error);
        assert_eq!(recv_failed(into_io(error.clone())), error);
    }
}

#[test]
fn the_text_and_the_systems_error_are_kept() {
    let system = io::Error::from_raw_os_error(104);
    let text = Error::RecvFailed(io::Error::from_raw_os_error(104).into()).to_string();
    let error = into_io(recv_failed(system));
    assert_eq!(error.to_string(), text);
    let source = error.source().unwrap().downcast_ref::<io::Error>().unwrap();
    assert_eq!(source.raw_os_error(), Some(104));
}

#[test]
fn another_error_is_the_cause() {
    assert_eq!(
        send_failed(io::Error::new(TimedOut, "late")),
        Error::SendFailed(TimedOut.into())
    );
    assert_eq!(
        recv_failed(io::Error::new(InvalidData, "odd")),
        Error::RecvFailed(InvalidData.into())
    );
}

/// As libraries wrap errors: by a source of their own, or in one more `io::Error`.
#[derive(Debug)]
struct Wrapped(io::Error);

impl fmt::Display for Wrapped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "while reading the header")
    }
}

impl std::error::Error for Wrapped {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

#[test]
fn an_error_is_found_however_deep() {
    let reset = Error::RecvFailed(ConnectionReset.into());
    let wrapped = Wrapped(into_io(reset.clone()));
    assert_eq!(find(&wrapped), Some(&reset));
    let twice = Wrapped(io::Error::other(wrapped));
    assert_eq!(find(&twice), Some(&reset));
    assert_eq!(find(&reset), Some(&reset));
    assert_eq!(find(&Wrapped(ConnectionReset.into())), None);
}
