//! Why a request brought no response.

use http::{Uri, Version};
use std::{error::Error, fmt, sync::Arc};

/// Why a request brought no response. [`find`](crate::find) gets the runtime's own error out of it.
#[non_exhaustive]
#[derive(Debug)]
pub enum RequestError {
    /// The URI does not say whom to ask: it has no scheme, or no host.
    NotAbsolute(Uri),
    /// The request is of a version that the client does not speak; CONNECT is none of HTTP/1.0.
    UnsupportedVersion(Version),
    /// No connection could be made, or not in the options' `connect_timeout`. Requests that wait for
    /// the same one are told the same.
    Connect(Arc<dyn Error + Send + Sync>),
    /// The connection was closed before anything of the request was sent: it may be sent again. Why
    /// it was closed, the error knows where the request was there before its end; else it was traced.
    NotSent(hyper::Error),
    /// The exchange failed before the response came: whether the request took effect, nobody knows,
    /// unless the error says more. [`is_user`](hyper::Error::is_user) is true of one that the
    /// request's own body ended with; and where the source is h2's `REFUSED_STREAM`, the server has
    /// done nothing, and the request may be sent again.
    Failed(hyper::Error),
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAbsolute(uri) => {
                write!(f, "{uri} does not say whom to ask: write http://HOST/PATH")
            }
            Self::UnsupportedVersion(version) => write!(
                f,
                "the client does not speak {version:?} here: HTTP/2 is asked for with \
                 http2_only(true), and CONNECT needs HTTP/1.1"
            ),
            Self::Connect(_) => f.write_str("no connection could be made"),
            Self::NotSent(_) => f.write_str(
                "the connection was closed before the request was sent: it may be sent again",
            ),
            Self::Failed(_) => f.write_str(
                "the connection failed before the response came: whether the request took effect is \
                 not known",
            ),
        }
    }
}

impl Error for RequestError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::NotAbsolute(_) | Self::UnsupportedVersion(_) => None,
            Self::Connect(error) => Some(&**error),
            Self::NotSent(error) | Self::Failed(error) => Some(error),
        }
    }
}
