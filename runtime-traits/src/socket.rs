//! The options of a connection.

use std::{net::IpAddr, time::Duration};

/// How a connection is made and kept. A backend without sockets heeds what has a meaning there.
///
/// ```
/// use runtime_traits::SocketConfig;
/// use std::time::Duration;
///
/// let mut config = SocketConfig::default();
/// config.connect_limit = Some(Duration::from_secs(3));
/// assert!(config.nodelay);
/// ```
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SocketConfig {
    /// Send small segments at once (`TCP_NODELAY`). Default: true.
    pub nodelay: bool,
    /// Probe an idle connection. Default: none.
    pub keepalive: Option<Keepalive>,
    /// The local address to connect from. Default: the system's choice.
    pub local: Option<IpAddr>,
    /// How long closing waits for unsent bytes (`SO_LINGER`). Zero resets what is left of the
    /// connection once both its halves are dropped; the end that the sink says when it is dropped may
    /// come before, and the peer then reads a clean one. Whoever must not be taken for finished calls
    /// [`Sink::poison`](crate::Sink::poison). More than zero may block, in production, the thread that
    /// drops the connection: for as long as this, it polls no task. Default: the system's.
    pub linger: Option<Duration>,
    /// Size of the send buffer, in bytes: how far this end may be ahead of a peer that does not read.
    /// The system may round it or bound it. Default: the system's.
    pub send_buffer: Option<usize>,
    /// Size of the receive buffer, in bytes: how far the peer may be ahead of this end. The system may
    /// round it or bound it. Default: the system's.
    pub recv_buffer: Option<usize>,
    /// How long to wait for the connection to be made, by the monotonic clock; then the dial is
    /// [`Error::Timeout`](crate::Error::Timeout). Of the connection it bounds nothing. Default: as long
    /// as the system does.
    pub connect_limit: Option<Duration>,
}

impl Default for SocketConfig {
    fn default() -> Self {
        Self {
            nodelay: true,
            keepalive: None,
            local: None,
            linger: None,
            send_buffer: None,
            recv_buffer: None,
            connect_limit: None,
        }
    }
}

/// When and how often an idle connection is probed.
///
/// Linux counts in whole seconds, and refuses times outside of 1 s to 32,767 s and more than 127 probes or
/// none; so does the simulator. A dial then fails.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keepalive {
    /// Idle time before the first probe.
    pub idle: Duration,
    /// Time between probes. `None`: the system's.
    pub interval: Option<Duration>,
    /// Unanswered probes before the connection is given up. `None`: the system's.
    pub retries: Option<u32>,
}

impl Keepalive {
    /// Probes after `idle`, then as the system does.
    pub fn after(idle: Duration) -> Self {
        Self {
            idle,
            interval: None,
            retries: None,
        }
    }
}
