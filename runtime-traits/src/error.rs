//! What can go wrong, the same on every backend.

use std::{fmt, io, net::SocketAddr, panic, sync::Arc};

/// What a runtime's call failed with.
///
/// Each call's documentation says which of these it returns. Others may come: a `match` ends with an
/// arm for the rest.
///
/// An error says what this end knows. A request whose answer is [`Timeout`](Self::Timeout),
/// [`SendFailed`](Self::SendFailed) or [`RecvFailed`](Self::RecvFailed) may have been carried out by
/// the peer: only one that may be done twice is simply sent again.
///
/// ```
/// use runtime_traits::Error;
/// use std::io::ErrorKind;
///
/// /// Whether the same call may succeed later, without anybody's doing.
/// fn is_passing(error: &Error) -> bool {
///     match error {
///         Error::Timeout | Error::ConnectionFailed(..) => true,
///         Error::WriteFailed(cause) => cause.kind() == ErrorKind::StorageFull,
///         _ => false,
///     }
/// }
/// # assert!(is_passing(&Error::WriteFailed(ErrorKind::StorageFull.into())));
/// # assert!(!is_passing(&Error::Closed));
/// ```
///
/// Cheap to clone, and comparable: two errors are equal when they are of one variant, with equal
/// names and addresses and causes of one [`io::ErrorKind`]. Where the system said why, `source`
/// gives its error. Names of blobs are shown as they are when they are printable ASCII, else in
/// hexadecimal digits.
///
/// ```
/// use runtime_traits::Error;
/// use std::{error::Error as _, io::ErrorKind};
///
/// let error = Error::RecvFailed(ErrorKind::ConnectionReset.into());
/// assert_eq!(error, Error::RecvFailed(ErrorKind::ConnectionReset.into()));
/// assert!(error.source().is_some());
/// ```
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq)]
pub enum Error {
    /// The task panicked while it was polled or dropped, or its host crashed. A [`Handle`] yields it;
    /// what the task had done by then is done.
    ///
    /// [`Handle`]: crate::Handle
    Exited,
    /// Whatever was called is over: a run, a life of a host that crashed, a sink that this end closed
    /// or poisoned, a [`Signal`](crate::Signal) whose signaler is gone. It does not pass. That a peer
    /// has gone is [`SendFailed`](Self::SendFailed) or [`RecvFailed`](Self::RecvFailed).
    Closed,
    /// The limit of [`Clock::timeout`](crate::Clock::timeout) or of
    /// [`SocketConfig::connect_limit`](crate::SocketConfig::connect_limit) passed first. Nothing else
    /// has a limit of its own; the system's are [`io::ErrorKind::TimedOut`].
    Timeout,
    /// The task was aborted through its handle, and its future has been dropped.
    Aborted,
    /// A read reaches past the end of the blob.
    BlobInsufficientLength,
    /// `offset + len` is more than `u64::MAX`.
    OffsetOverflow,
    /// The address, which it names, could not be bound.
    BindFailed(SocketAddr, Cause),
    /// The address could not be reached; or, from `accept`, the listener on it was lost.
    ConnectionFailed(SocketAddr, Cause),
    /// Bytes could not be sent on a connection, or a datagram not at all. What earlier calls have sent
    /// may or may not arrive. Of kind [`io::ErrorKind::WriteZero`] when a sink takes no byte of a
    /// message, of kind [`io::ErrorKind::InvalidInput`] for a datagram that is too long.
    SendFailed(Cause),
    /// Bytes could not be received. A clean end inside an exact `recv` is of kind
    /// [`io::ErrorKind::UnexpectedEof`], a reset of kind [`io::ErrorKind::ConnectionReset`].
    RecvFailed(Cause),
    /// A blob, or its length, could not be read.
    ReadFailed(Cause),
    /// A blob could not be written. Of kind [`io::ErrorKind::FileTooLarge`] it was not changed; of any
    /// other, a part may have been written.
    WriteFailed(Cause),
    /// The host name, as it was asked for, could not be resolved.
    ResolveFailed(String, Cause),
    /// The partition's name is not of the form `[A-Za-z0-9_-]{1,120}`.
    PartitionNameInvalid(String),
    /// There is no partition of this name.
    PartitionMissing(String),
    /// The partition could not be created.
    PartitionCreationFailed(String, Cause),
    /// The partition cannot be listed, or something in it not be removed: it holds what the backend
    /// did not put there, of kind [`io::ErrorKind::InvalidData`], or the disk refuses.
    PartitionCorrupt(String, Cause),
    /// The partition, named first, exists and has no blob of this name.
    BlobMissing(String, String),
    /// The blob, named second, could not be opened in the partition, named first; as in the variants
    /// below. Of kind [`io::ErrorKind::InvalidFilename`] its name is too long.
    BlobOpenFailed(String, String, Cause),
    /// The blob's length could not be changed.
    BlobTruncateFailed(String, String, Cause),
    /// The blob could not be made durable; its handle fails until the blob is opened again.
    BlobSyncFailed(String, String, Cause),
    /// The blob was synced and could not be closed. The backends of this project never say so: their
    /// `close` fails as `sync` does.
    BlobCloseFailed(String, String, Cause),
}

impl Error {
    /// The system's error behind this one: `Some` for each variant that carries a [`Cause`]. It saves
    /// a `match` to whoever asks for the kind alone:
    ///
    /// ```
    /// use runtime_traits::Error;
    /// use std::io::ErrorKind;
    ///
    /// fn is_reset(error: &Error) -> bool {
    ///     error.io_cause().is_some_and(|cause| cause.kind() == ErrorKind::ConnectionReset)
    /// }
    /// assert!(is_reset(&Error::SendFailed(ErrorKind::ConnectionReset.into())));
    /// assert!(!is_reset(&Error::Closed));
    /// ```
    pub fn io_cause(&self) -> Option<&Cause> {
        match self {
            Self::BindFailed(_, cause)
            | Self::ConnectionFailed(_, cause)
            | Self::SendFailed(cause)
            | Self::RecvFailed(cause)
            | Self::ReadFailed(cause)
            | Self::WriteFailed(cause)
            | Self::ResolveFailed(_, cause)
            | Self::PartitionCreationFailed(_, cause)
            | Self::PartitionCorrupt(_, cause)
            | Self::BlobOpenFailed(_, _, cause)
            | Self::BlobTruncateFailed(_, _, cause)
            | Self::BlobSyncFailed(_, _, cause)
            | Self::BlobCloseFailed(_, _, cause) => Some(cause),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exited => write!(f, "the task panicked or its host crashed"),
            Self::Closed => write!(f, "closed: the other end or the runtime is gone"),
            Self::Timeout => write!(f, "the time limit passed"),
            Self::Aborted => write!(f, "the task was aborted"),
            Self::BlobInsufficientLength => write!(f, "the blob ends before the bytes asked for"),
            Self::OffsetOverflow => write!(f, "offset and length add up to more than u64::MAX"),
            Self::BindFailed(socket, cause) => write!(f, "cannot bind {socket}: {cause}"),
            Self::ConnectionFailed(socket, cause) => {
                write!(f, "no connection to {socket}: {cause}")
            }
            Self::SendFailed(cause) => write!(f, "cannot send: {cause}"),
            Self::RecvFailed(cause) => write!(f, "cannot receive: {cause}"),
            Self::ReadFailed(cause) => write!(f, "cannot read from the blob: {cause}"),
            Self::WriteFailed(cause) => write!(f, "cannot write to the blob: {cause}"),
            Self::ResolveFailed(host, cause) => write!(f, "cannot resolve {host:?}: {cause}"),
            Self::PartitionNameInvalid(name) => write!(
                f,
                "{name:?} is no partition name: use 1 to 120 of A-Z, a-z, 0-9, '_' and '-'"
            ),
            Self::PartitionMissing(name) => write!(f, "no partition {name}"),
            Self::PartitionCreationFailed(name, cause) => {
                write!(f, "cannot create partition {name}: {cause}")
            }
            Self::PartitionCorrupt(name, cause) => {
                write!(f, "partition {name} is corrupt: {cause}")
            }
            Self::BlobMissing(partition, name) => write!(f, "no blob {name:?} in {partition}"),
            Self::BlobOpenFailed(partition, name, cause) => {
                write!(f, "cannot open blob {name:?} in {partition}: {cause}")
            }
            Self::BlobTruncateFailed(partition, name, cause) => {
                write!(
                    f,
                    "cannot change the length of blob {name:?} in {partition}: {cause}"
                )
            }
            Self::BlobSyncFailed(partition, name, cause) => write!(
                f,
                "cannot sync blob {name:?} in {partition}, open it again to see what is durable: {cause}"
            ),
            Self::BlobCloseFailed(partition, name, cause) => {
                write!(f, "cannot close blob {name:?} in {partition}: {cause}")
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.io_cause()
            .map(|cause| &*cause.0 as &(dyn std::error::Error + 'static))
    }
}

/// The system's error behind an [`Error`], shared so that errors can be cloned.
///
/// Two causes are equal when their kinds are: texts and codes differ between systems, and a test that
/// compares errors is to hold on each. A backend makes one `From` the system's error, or from a kind
/// alone; the whole error, with its code, is what [`source`](std::error::Error::source) of the
/// [`Error`] returns.
#[derive(Clone, Debug)]
pub struct Cause(Arc<io::Error>);

impl Cause {
    /// The kind of the system's error: what programs decide by. The text is for people.
    pub fn kind(&self) -> io::ErrorKind {
        self.0.kind()
    }
}

impl From<io::Error> for Cause {
    fn from(error: io::Error) -> Self {
        Self(Arc::new(error))
    }
}

impl From<io::ErrorKind> for Cause {
    fn from(kind: io::ErrorKind) -> Self {
        Self::from(io::Error::from(kind))
    }
}

impl PartialEq for Cause {
    fn eq(&self, other: &Self) -> bool {
        self.kind() == other.kind()
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

// `io::Error` is neither only because it may hold a boxed error; a cause is never changed.
impl panic::UnwindSafe for Cause {}
impl panic::RefUnwindSafe for Cause {}
