//! Every message comes back from its bytes.

use super::{Request, client, peer};
use crate::{
    epoch::{Epoch, Position},
    record::{Change, Put, Record},
    status::{Role, Status},
    wire::{Malformed, Wire},
};
use std::{fmt::Debug, sync::Arc};

const EPOCH: Epoch = Epoch {
    number: 4,
    primary: 2,
    draw: 5,
};
const AFTER: Position = Position {
    epoch: EPOCH,
    length: 9,
};

fn round_trip<T: Wire + PartialEq + Debug>(value: T) {
    let mut bytes = Vec::new();
    value.encode(&mut bytes);
    assert_eq!(T::from_bytes(&bytes).as_ref(), Ok(&value));
    for end in 0..bytes.len() {
        assert_eq!(T::from_bytes(&bytes[..end]), Err(Malformed::Short));
    }
}

fn put() -> Put {
    Put {
        client: 1,
        sequence: 2,
        key: b"key".to_vec(),
        value: b"value".to_vec(),
    }
}

fn records() -> Vec<Arc<Record>> {
    let record = |change| {
        Arc::new(Record {
            epoch: EPOCH,
            change,
        })
    };
    vec![record(Change::Opened), record(Change::Put(put()))]
}

#[test]
fn requests_of_peers() {
    let append = peer::Append {
        epoch: EPOCH,
        after: AFTER,
        records: records(),
        committed: 3,
    };
    let epoch = EPOCH;
    round_trip(Request::Peer(peer::Request::Fence { epoch }));
    round_trip(Request::Peer(peer::Request::Fetch {
        epoch,
        after: AFTER,
    }));
    round_trip(Request::Peer(peer::Request::Append(append)));
}

#[test]
fn answers_of_peers() {
    round_trip(peer::Answer::Fenced { position: AFTER });
    round_trip(peer::Answer::Records { records: records() });
    round_trip(peer::Answer::Appended { length: 7 });
    round_trip(peer::Answer::Gap { length: 6 });
    round_trip(peer::Answer::Refused { epoch: EPOCH });
}

#[test]
fn requests_of_clients() {
    round_trip(Request::Client(client::Request::Put(put())));
    round_trip(Request::Client(client::Request::Get { key: b"k".into() }));
    round_trip(Request::Client(client::Request::Promote));
    round_trip(Request::Client(client::Request::Status));
    round_trip(Request::Client(client::Request::Records { start: 5 }));
}

#[test]
fn answers_to_clients() {
    let status = |role| Status {
        id: 1,
        role,
        epoch: EPOCH,
        length: 8,
        committed: 7,
    };
    let primary = |address: &str| client::Answer::NotPrimary {
        primary: Some(address.parse().expect("an address")),
    };
    round_trip(client::Answer::Stored);
    round_trip(client::Answer::Value { value: None });
    round_trip(client::Answer::Promoted { epoch: EPOCH });
    round_trip(client::Answer::Status(status(Role::Backup)));
    round_trip(client::Answer::Status(status(Role::Candidate)));
    round_trip(client::Answer::Status(status(Role::Primary)));
    round_trip(client::Answer::Records { records: records() });
    round_trip(primary("127.0.0.1:7001"));
    round_trip(primary("[::1]:7001"));
    round_trip(client::Answer::Unavailable);
    round_trip(client::Answer::Invalid {
        reason: "no".into(),
    });
}

#[test]
fn unknown_requests_are_refused() {
    assert_eq!(Request::from_bytes(&[9]), Err(Malformed::Tag("request", 9)));
    assert_eq!(
        Request::from_bytes(&[1, 9]),
        Err(Malformed::Tag("peer's request", 9))
    );
    assert_eq!(
        Request::from_bytes(&[2, 9]),
        Err(Malformed::Tag("client's request", 9))
    );
}
