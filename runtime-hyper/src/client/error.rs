//! Why a request brought no response.

use http::{Uri, Version};
use std::{error::Error, fmt, sync::Arc};

/// Why a request brought no response. [`find`](crate::find) gets the runtime's own error out of it.
#[non_exhaustive]
#[derive(Debug)]
pub enum RequestError {
    /// The URI does not say whom to ask.
    NotAbsolute(Uri),
    /// The request is of a version that the client does not speak.
    UnsupportedVersion(Version),
    /// No connection could be made. Requests that wait for the same one are told the same.
    Connect(Arc<dyn Error + Send + Sync>),
    /// The connection was closed before anything of the request was sent: it may be sent again.
    NotSent(hyper::Error),
    /// The connection failed before the response came: whether the request took effect, nobody knows.
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
                "the client does not speak {version:?}: HTTP/2 is asked for with http2_only(true)"
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
