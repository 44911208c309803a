//! What becomes of URIs.

use super::{Origin, write_out};
use crate::RequestError;
use http::{Method, Request, Uri, Version, header::HOST};

fn request(uri: &str) -> Request<()> {
    Request::get(uri).body(()).unwrap()
}

fn origin(uri: &str) -> String {
    Origin::of(&request(uri), false).unwrap().0.to_string()
}

#[test]
fn an_origin_is_scheme_host_and_port_in_lower_case() {
    for (uri, text) in [
        ("http://www/moon?x=1", "http://www"),
        ("http://WWW:8080/", "http://www:8080"),
        ("https://ada:secret@www/", "https://www"),
        ("http://[2001:DB8::1]:81/x", "http://[2001:db8::1]:81"),
    ] {
        assert_eq!(origin(uri), text);
        let back = Origin::of(&request(uri), false).unwrap().uri();
        assert_eq!(back, format!("{text}/").parse::<Uri>().unwrap());
    }
}

#[test]
fn a_uri_that_names_nobody_is_told_so() {
    let refused = Origin::of(&request("/moon"), false);
    assert!(matches!(refused, Err(RequestError::NotAbsolute(uri)) if uri == "/moon"));
}

/// The crate `http` takes them for URIs, and what is left without the user for none.
#[test]
fn a_uri_whose_host_is_none_is_told_so() {
    for text in ["http://a[@b]/", "http://[@]/", "http://a@[@b]/"] {
        let uri: Uri = text.parse().unwrap();
        let refused = Origin::of(&request(text), false);
        assert!(
            matches!(&refused, Err(RequestError::NotAbsolute(told)) if *told == uri),
            "{refused:?}"
        );
    }
}

#[test]
fn a_version_that_is_not_spoken_is_told_so() {
    for (version, http1, http2) in [
        (Version::HTTP_09, false, false),
        (Version::HTTP_10, true, true),
        (Version::HTTP_11, true, true),
        (Version::HTTP_2, false, true),
        (Version::HTTP_3, false, false),
    ] {
        let mut request = request("http://www/");
        *request.version_mut() = version;
        for (is_http2, spoken) in [(false, http1), (true, http2)] {
            match Origin::of(&request, is_http2) {
                Ok(_) => assert!(spoken, "{version:?}"),
                Err(RequestError::UnsupportedVersion(told)) => {
                    assert_eq!((told, spoken), (version, false));
                }
                Err(error) => panic!("{error:?}"),
            }
        }
    }
}

#[test]
fn http1_is_told_the_host_and_the_path() {
    for (uri, host, path) in [
        ("http://www", "www", "/"),
        ("http://www:80/moon?x=1", "www", "/moon?x=1"),
        ("http://www:443/", "www:443", "/"),
        ("https://ada@www:443/", "www", "/"),
        ("http://[::1]:81/x", "[::1]:81", "/x"),
        ("wss://www:443/", "www", "/"),
        ("ws://www:80/", "www", "/"),
        ("wss://www:80/", "www:80", "/"),
    ] {
        let mut request = request(uri);
        write_out(&mut request);
        assert_eq!(request.headers()[HOST], host);
        assert_eq!(*request.uri(), path);
    }
}

#[test]
fn a_host_that_is_there_stays() {
    let mut request = request("http://10.0.0.1/");
    request.headers_mut().insert(HOST, "www".parse().unwrap());
    write_out(&mut request);
    assert_eq!(request.headers()[HOST], "www");
}

#[test]
fn what_is_to_be_connected_to_is_named_without_scheme_or_path() {
    let mut request = request("db:5432");
    *request.method_mut() = Method::CONNECT;
    assert_eq!(&*Origin::of(&request, false).unwrap().0, "http://db:5432");
    write_out(&mut request);
    assert_eq!(*request.uri(), "db:5432");
    assert_eq!(request.headers()[HOST], "db:5432");
}

#[test]
fn what_is_to_be_connected_to_at_443_is_https() {
    let mut request = request("www:443");
    *request.method_mut() = Method::CONNECT;
    assert_eq!(&*Origin::of(&request, false).unwrap().0, "https://www:443");
}

#[test]
fn http10_has_no_connect() {
    let mut request = request("db:5432");
    *request.method_mut() = Method::CONNECT;
    *request.version_mut() = Version::HTTP_10;
    let refused = Origin::of(&request, false);
    assert!(
        matches!(
            refused,
            Err(RequestError::UnsupportedVersion(Version::HTTP_10))
        ),
        "{refused:?}"
    );
}
