//! Every limit of time and size.

use std::time::Duration;

/// For a server to do what one request asks of it.
pub(crate) const SERVE_LIMIT: Duration = Duration::from_millis(500);

/// For a call from request to answer. Longer than the server takes, so that its own answer wins.
pub(crate) const CALL_LIMIT: Duration = Duration::from_secs(1);

/// For a connection to be made.
pub(crate) const DIAL_LIMIT: Duration = Duration::from_millis(500);

/// For a connection to be silent before the server closes it.
pub(crate) const IDLE_LIMIT: Duration = Duration::from_secs(60);

/// For a primary to be silent. It tells backups what is committed, and learns of later epochs.
pub(crate) const HEARTBEAT: Duration = Duration::from_millis(500);

/// Between two datagrams that say who is primary.
pub(crate) const BEACON: Duration = Duration::from_millis(10);

/// The shortest wait before a failed call is tried again.
pub(crate) const BACKOFF_MIN: Duration = Duration::from_millis(2);

/// The longest wait before a failed call is tried again.
pub(crate) const BACKOFF_MAX: Duration = Duration::from_millis(500);

/// For a client's call, with all that is tried again.
pub(crate) const CLIENT_LIMIT: Duration = Duration::from_secs(30);

/// Bytes of a key.
pub(crate) const KEY_LIMIT: usize = 1 << 10;

/// Bytes of a value.
pub(crate) const VALUE_LIMIT: usize = 1 << 18;

/// Bytes of the records in one message, unless there is only one.
pub(crate) const BATCH_LIMIT: usize = 1 << 19;

/// Bytes of a frame. Every legal message is smaller.
pub(crate) const FRAME_LIMIT: u32 = 1 << 20;

/// Bytes of the log that are read at a time.
pub(crate) const READ_LIMIT: usize = 1 << 12;

/// Connections that a server serves at a time.
pub(crate) const SESSION_LIMIT: usize = 1024;
