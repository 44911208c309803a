//! Failures as numbers: an error's text may change with std, its number may not.

use runtime_traits::Error;
use std::{fmt, io::ErrorKind};

/// An error's variant, and the kind of the system's error behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Failure(pub(super) u32);

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        let cause = error.io_cause().map_or(0, |cause| code(cause.kind()));
        Self(variant(error) << 8 | cause)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = VARIANTS.get((self.0 >> 8) as usize);
        f.write_str(name.unwrap_or(&"another error"))?;
        match (self.0 & 0xff, KINDS.get((self.0 & 0xff) as usize)) {
            (0, _) => Ok(()),
            (_, Some(kind)) => write!(f, ", {kind}"),
            (_, None) => f.write_str(", of another kind"),
        }
    }
}

const OTHER: u32 = 255;

/// The names of the variants, by number.
const VARIANTS: [&str; 23] = [
    "",
    "Exited",
    "Closed",
    "Timeout",
    "Aborted",
    "BlobInsufficientLength",
    "OffsetOverflow",
    "BindFailed",
    "ConnectionFailed",
    "SendFailed",
    "RecvFailed",
    "ReadFailed",
    "WriteFailed",
    "ResolveFailed",
    "PartitionNameInvalid",
    "PartitionMissing",
    "PartitionCreationFailed",
    "PartitionCorrupt",
    "BlobMissing",
    "BlobOpenFailed",
    "BlobTruncateFailed",
    "BlobSyncFailed",
    "BlobCloseFailed",
];

fn variant(error: &Error) -> u32 {
    match error {
        Error::Exited => 1,
        Error::Closed => 2,
        Error::Timeout => 3,
        Error::Aborted => 4,
        Error::BlobInsufficientLength => 5,
        Error::OffsetOverflow => 6,
        Error::BindFailed(..) => 7,
        Error::ConnectionFailed(..) => 8,
        Error::SendFailed(..) => 9,
        Error::RecvFailed(..) => 10,
        Error::ReadFailed(..) => 11,
        Error::WriteFailed(..) => 12,
        Error::ResolveFailed(..) => 13,
        Error::PartitionNameInvalid(..) => 14,
        Error::PartitionMissing(..) => 15,
        Error::PartitionCreationFailed(..) => 16,
        Error::PartitionCorrupt(..) => 17,
        Error::BlobMissing(..) => 18,
        Error::BlobOpenFailed(..) => 19,
        Error::BlobTruncateFailed(..) => 20,
        Error::BlobSyncFailed(..) => 21,
        Error::BlobCloseFailed(..) => 22,
        _ => OTHER,
    }
}

/// The kinds that the simulator gives, by number; 0 is none.
const KINDS: [ErrorKind; 13] = [
    ErrorKind::Other,
    ErrorKind::NotFound,
    ErrorKind::ConnectionRefused,
    ErrorKind::ConnectionReset,
    ErrorKind::HostUnreachable,
    ErrorKind::TimedOut,
    ErrorKind::AddrInUse,
    ErrorKind::AddrNotAvailable,
    ErrorKind::FileTooLarge,
    ErrorKind::InvalidInput,
    ErrorKind::InvalidFilename,
    ErrorKind::Other,
    ErrorKind::StorageFull,
];

fn code(kind: ErrorKind) -> u32 {
    let numbered = KINDS.iter().skip(1).position(|known| *known == kind);
    numbered.map_or(OTHER, |position| position as u32 + 1)
}
