//! Every event of links has an encoding of its own.

use super::{Links, Way};
use crate::{
    audit::Chain,
    network::{Cut, How, Loss, Setting},
};
use std::{collections::BTreeSet, net::SocketAddr};

#[test]
fn events_that_differ_are_encoded_differently() {
    let [way, other] = [[0, 1], [1, 0]].map(|hosts| Way {
        hosts,
        names: ["a", "b"],
    });
    let socket: SocketAddr = "10.0.0.1:80".parse().unwrap();
    let cut = |after_bytes, how| Cut { after_bytes, how };
    let events = [
        Links::Set {
            way,
            setting: &Setting::Bandwidth(1),
        },
        Links::Set {
            way,
            setting: &Setting::Bandwidth(2),
        },
        Links::Part { way },
        Links::Part { way: other },
        Links::Hold { way },
        Links::Release { way },
        Links::Heal,
        Links::CutEach {
            way,
            cut: cut(1, How::Fin),
        },
        Links::CutEach {
            way,
            cut: cut(1, How::Rst),
        },
        Links::CutEach {
            way,
            cut: cut(2, How::Rst),
        },
        Links::Lost {
            pipe: 1,
            loss: Loss::Parted,
        },
        Links::Lost {
            pipe: 1,
            loss: Loss::Chance,
        },
        Links::Again { pipe: 1 },
        Links::GiveUp { pipe: 1 },
        Links::Cut {
            pipe: 1,
            how: How::Fin,
        },
        Links::Cut {
            pipe: 1,
            how: How::BlackHole,
        },
        Links::Held { from: 0, to: 1 },
        Links::LostDial {
            socket,
            loss: Loss::Full,
        },
        Links::LostDatagram {
            to: socket,
            loss: Loss::Full,
        },
        Links::Duplicate { to: socket },
        Links::Probe { connection: 1 },
    ];
    let count = events.len();
    let encoded = events.into_iter().map(|event| {
        let mut chain = Chain::default();
        event.encode(&mut chain);
        chain.state().0
    });
    let mut states: BTreeSet<_> = encoded.collect();
    states.insert(Chain::default().state().0);
    assert_eq!(states.len(), count + 1);
}
