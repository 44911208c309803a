//! Errors: what they say, what is behind them, when they are equal.

use runtime_traits::{Cause, Error, blob_name, check_blob_name, check_partition_name};
use std::{
    error::Error as _,
    io::{self, ErrorKind},
    net::SocketAddr,
};

fn socket() -> SocketAddr {
    ([10, 1, 2, 3], 4567).into()
}

fn cause() -> Cause {
    io::Error::new(ErrorKind::StorageFull, "the reason").into()
}

/// Every variant without a cause, and the names that it must say.
fn plain() -> Vec<(Error, Vec<&'static str>)> {
    vec![
        (Error::Exited, vec![]),
        (Error::Closed, vec![]),
        (Error::Timeout, vec![]),
        (Error::Aborted, vec![]),
        (Error::BlobInsufficientLength, vec![]),
        (Error::OffsetOverflow, vec![]),
        (Error::PartitionNameInvalid("p/q".into()), vec!["p/q"]),
        (Error::PartitionMissing("part".into()), vec!["part"]),
        (
            Error::BlobMissing("part".into(), "blob-7".into()),
            vec!["part", "blob-7"],
        ),
    ]
}

/// Every variant with this cause, and the names that it must say.
fn caused(cause: Cause) -> Vec<(Error, Vec<&'static str>)> {
    let (p, b) = (|| "part".to_string(), || "blob-7".to_string());
    let both = || vec!["part", "blob-7"];
    let address = || vec!["10.1.2.3:4567"];
    vec![
        (Error::BindFailed(socket(), cause.clone()), address()),
        (Error::ConnectionFailed(socket(), cause.clone()), address()),
        (Error::SendFailed(cause.clone()), vec![]),
        (Error::RecvFailed(cause.clone()), vec![]),
        (Error::ReadFailed(cause.clone()), vec![]),
        (Error::WriteFailed(cause.clone()), vec![]),
        (
            Error::ResolveFailed("host.name".into(), cause.clone()),
            vec!["host.name"],
        ),
        (
            Error::PartitionCreationFailed(p(), cause.clone()),
            vec!["part"],
        ),
        (Error::PartitionCorrupt(p(), cause.clone()), vec!["part"]),
        (Error::BlobOpenFailed(p(), b(), cause.clone()), both()),
        (Error::BlobTruncateFailed(p(), b(), cause.clone()), both()),
        (Error::BlobSyncFailed(p(), b(), cause.clone()), both()),
        (Error::BlobCloseFailed(p(), b(), cause), both()),
    ]
}

fn assert_says(error: &Error, names: &[&str]) {
    let text = error.to_string();
    for name in names {
        assert!(text.contains(name), "{text:?} does not say {name:?}");
    }
}

#[test]
fn every_error_says_its_names() {
    for (error, names) in plain() {
        assert_says(&error, &names);
    }
    for (error, names) in caused(cause()) {
        assert_says(&error, &names);
        assert_says(&error, &["the reason"]);
    }
}

#[test]
fn no_two_errors_say_the_same() {
    let mut texts: Vec<String> = plain()
        .into_iter()
        .chain(caused(cause()))
        .map(|(error, _)| error.to_string())
        .collect();
    assert_eq!(texts.len(), 22);
    texts.sort();
    texts.dedup();
    assert_eq!(texts.len(), 22);
}

#[test]
fn a_source_is_the_systems_error_where_there_is_one() {
    for (error, _) in plain() {
        assert!(error.source().is_none(), "{error}");
        assert!(error.io_cause().is_none(), "{error}");
    }
    for (error, _) in caused(cause()) {
        let source = error.source().and_then(|source| source.downcast_ref());
        let source: &io::Error = source.expect("an io::Error");
        assert_eq!(source.kind(), ErrorKind::StorageFull);
        assert_eq!(source.to_string(), "the reason");
        assert_eq!(
            error.io_cause().map(Cause::kind),
            Some(ErrorKind::StorageFull)
        );
    }
}

#[test]
fn errors_are_equal_when_variant_names_and_kinds_are() {
    let all = |kind: ErrorKind| plain().into_iter().chain(caused(kind.into()));
    let same_kind = caused(cause());
    for (one, (other, _)) in same_kind.iter().zip(caused(ErrorKind::StorageFull.into())) {
        assert_eq!(one.0, other);
    }
    for (i, (one, _)) in all(ErrorKind::StorageFull).enumerate() {
        for (j, (other, _)) in all(ErrorKind::StorageFull).enumerate() {
            assert_eq!(one == other, i == j, "{one} and {other}");
        }
    }
    for ((one, _), (other, _)) in same_kind.iter().zip(caused(ErrorKind::Other.into())) {
        assert_ne!(*one, other);
    }
    assert_ne!(
        Error::PartitionMissing("a".into()),
        Error::PartitionMissing("b".into())
    );
}

#[test]
fn a_cause_shows_the_systems_text() {
    assert_eq!(cause().to_string(), "the reason");
    assert_eq!(cause().kind(), ErrorKind::StorageFull);
    assert_eq!(Cause::from(ErrorKind::TimedOut).kind(), ErrorKind::TimedOut);
}

#[test]
fn partition_names_keep_to_the_form() {
    let longest = "a".repeat(120);
    for name in ["a", "A-Z_09", "-", &longest] {
        assert_eq!(check_partition_name(name), Ok(()));
    }
    let too_long = "a".repeat(121);
    for name in ["", ".", "..", "a/b", "a b", "é", "a\0", &too_long] {
        let invalid = Err(Error::PartitionNameInvalid(name.into()));
        assert_eq!(check_partition_name(name), invalid);
    }
}

#[test]
fn blob_names_are_any_bytes_up_to_120() {
    for name in [&b""[..], b"../x", &[0xff; 120]] {
        assert_eq!(check_blob_name("part", name), Ok(()));
    }
    let name = [b'x'; 121];
    let cause = ErrorKind::InvalidFilename.into();
    let refused = Error::BlobOpenFailed("part".into(), "x".repeat(121), cause);
    assert_eq!(check_blob_name("part", &name), Err(refused.clone()));
    assert_says(
        &check_blob_name("part", &name).unwrap_err(),
        &["120", "121"],
    );
}

#[test]
fn blob_names_are_shown_in_ascii_or_in_hexadecimal() {
    assert_eq!(blob_name(b""), "");
    assert_eq!(blob_name(b" a~"), " a~");
    assert_eq!(blob_name(b"a\x7f"), "617f");
    assert_eq!(blob_name(b"\n"), "0a");
    assert_eq!(blob_name("é".as_bytes()), "c3a9");
}
