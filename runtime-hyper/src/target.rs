//! Whom a client talks to.

use crate::NotATarget;
use http::Uri;
use runtime_traits::SocketConfig;
use std::net::IpAddr;

/// Where a connection goes, and how.
///
/// ```
/// use runtime_hyper::Target;
///
/// let target = Target::from_uri(&"http://db.example:8080/status".parse().unwrap()).unwrap();
/// assert_eq!((target.host.as_str(), target.port), ("db.example", 8080));
/// assert!(target.addrs.is_empty());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// A name, or an address in text without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Addresses to try in this order, instead of resolving the host.
    pub addrs: Vec<IpAddr>,
    /// The options of its sockets.
    pub socket: SocketConfig,
}

impl Target {
    /// A host that is to be resolved, with the default options.
    pub fn new(host: impl Into<String>, port: u16) -> Self {
        Self {
            host: host.into(),
            port,
            addrs: Vec::new(),
            socket: SocketConfig::default(),
        }
    }

    /// The host and port of an `http` URI; the port is 80 where the URI names none.
    ///
    /// # Errors
    /// [`NotATarget`] for another scheme, and for a URI without a host.
    pub fn from_uri(uri: &Uri) -> Result<Self, NotATarget> {
        if uri.scheme() != Some(&http::uri::Scheme::HTTP) {
            return Err(NotATarget::Scheme(uri.clone()));
        }
        let host = uri.host().filter(|host| !host.is_empty());
        let host = host.ok_or_else(|| NotATarget::Host(uri.clone()))?;
        let host = host.trim_start_matches('[').trim_end_matches(']');
        Ok(Self::new(host, uri.port_u16().unwrap_or(80)))
    }
}
