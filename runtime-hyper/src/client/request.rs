//! Whom a request is for, and how HTTP/1 writes it.

#[cfg(test)]
mod tests;

use super::RequestError;
use http::{
    HeaderValue, Method, Request, Uri, Version,
    header::HOST,
    uri::{Authority, Parts, PathAndQuery},
};
use std::sync::Arc;

/// Whom a request is for: scheme, host and port, as in `http://www:8080`. What is equal shares
/// connections.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Origin(Arc<str>);

impl Origin {
    /// # Errors
    /// For a request that names none, and one of a version that is not spoken.
    pub(crate) fn of<B>(request: &Request<B>, http2: bool) -> Result<Self, RequestError> {
        let connects = request.method() == Method::CONNECT;
        match request.version() {
            // HTTP/1.0 has no CONNECT.
            Version::HTTP_10 if !connects => {}
            Version::HTTP_11 => {}
            Version::HTTP_2 if http2 => {}
            other => return Err(RequestError::UnsupportedVersion(other)),
        }
        let uri = request.uri();
        // What is to be connected to has no scheme of its own.
        let implied = || match uri.port_u16() {
            Some(443) => "https",
            _ => "http",
        };
        let scheme = uri.scheme_str().or_else(|| connects.then(implied));
        let place = uri.authority().and_then(without_user);
        let (Some(scheme), Some(place)) = (scheme, place) else {
            return Err(RequestError::NotAbsolute(uri.clone()));
        };
        let text = format!("{scheme}://{}", place.to_ascii_lowercase());
        Ok(Self(text.into()))
    }

    /// What a connector is asked for.
    pub(crate) fn uri(&self) -> Uri {
        self.0.parse().expect("it is made of a URI's parts")
    }
}

/// Host and port. There are none in `a[@b]`, which is an authority to the crate `http`.
fn without_user(authority: &Authority) -> Option<&str> {
    let authority = authority.as_str();
    match authority.rsplit_once('@') {
        Some((_, place)) => place.parse::<Authority>().is_ok().then_some(place),
        None => Some(authority),
    }
}

/// As it is written on a connection of HTTP/1: who is meant in `Host`, unless it is there, and of the
/// URI no more than the server needs.
pub(crate) fn write_out<B>(request: &mut Request<B>) {
    let uri = request.uri().clone();
    if !request.headers().contains_key(HOST)
        && let Some(host) = host(&uri)
    {
        request.headers_mut().insert(HOST, host);
    }
    *request.uri_mut() = match request.method() {
        &Method::CONNECT => authority_alone(&uri),
        _ => uri
            .path_and_query()
            .cloned()
            .unwrap_or_else(|| PathAndQuery::from_static("/"))
            .into(),
    };
}

/// The host, and the port unless it is the scheme's own.
fn host(uri: &Uri) -> Option<HeaderValue> {
    let host = uri.host()?;
    let text = match (uri.port_u16(), uri.scheme_str()) {
        (None, _) | (Some(80), Some("http" | "ws")) | (Some(443), Some("https" | "wss")) => {
            host.to_owned()
        }
        (Some(port), _) => format!("{host}:{port}"),
    };
    HeaderValue::try_from(text).ok()
}

fn authority_alone(uri: &Uri) -> Uri {
    let mut parts = Parts::default();
    parts.authority = uri.authority().cloned();
    Uri::from_parts(parts).expect("an authority is a URI")
}
