//! Failures as numbers: an error's text may change with std, its number may not.

use runtime_traits::Error;
use std::io::ErrorKind;

/// The variant, and the kind of the system's error behind it.
pub(super) fn code(error: &Error) -> u32 {
    let cause = error.io_cause().map_or(0, |cause| kind(cause.kind()));
    variant(error) << 8 | cause
}

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
        _ => 255,
    }
}

fn kind(kind: ErrorKind) -> u32 {
    match kind {
        ErrorKind::NotFound => 1,
        ErrorKind::ConnectionRefused => 2,
        ErrorKind::ConnectionReset => 3,
        ErrorKind::HostUnreachable => 4,
        ErrorKind::TimedOut => 5,
        ErrorKind::AddrInUse => 6,
        ErrorKind::AddrNotAvailable => 7,
        ErrorKind::FileTooLarge => 8,
        ErrorKind::InvalidInput => 9,
        ErrorKind::InvalidFilename => 10,
        ErrorKind::Other => 11,
        ErrorKind::StorageFull => 12,
        _ => 255,
    }
}
