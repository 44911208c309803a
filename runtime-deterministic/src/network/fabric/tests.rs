//! A fabric against a model: lists of who listens where, and of who is connected to whom.

use super::{Fabric, address};
use crate::draws::{Draws, Purpose};
use std::{
    collections::BTreeSet,
    io::ErrorKind,
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

const HOSTS: u32 = 3;

/// Host, address, and the connections that nobody accepted.
type Listening = (u32, SocketAddr, Vec<u32>);

/// Hosts, the dialler's port, and how many halves each end holds.
type Connected = ([u32; 2], u16, [u8; 2]);

#[derive(Default)]
struct Model {
    listeners: Vec<Option<Listening>>,
    connections: Vec<Option<Connected>>,
}

impl Model {
    fn listener(&self, on: u32, reached: impl Fn(SocketAddr) -> bool) -> Option<u32> {
        let there = |(host, socket, _): &(u32, SocketAddr, _)| *host == on && reached(*socket);
        let mut all = self.listeners.iter();
        let place = all.position(|listener| listener.as_ref().is_some_and(there));
        place.map(|place| place as u32)
    }

    fn ports(&self, host: u32) -> BTreeSet<u16> {
        let dialled = self.connections.iter().flatten();
        dialled
            .filter(|(hosts, ..)| hosts[0] == host)
            .map(|(_, port, _)| *port)
            .collect()
    }

    fn ends(&self, host: u32) -> Vec<(u32, usize)> {
        let places = self.connections.iter().enumerate();
        let ends = places.flat_map(|(place, connection)| {
            let hosts = connection.as_ref().map(|(hosts, ..)| *hosts);
            let at = move |end: &usize| hosts.is_some_and(|hosts| hosts[*end] == host);
            (0..2).filter(at).map(move |end| (place as u32, end))
        });
        ends.collect()
    }
}

fn unspecified(port: u16) -> SocketAddr {
    (Ipv4Addr::UNSPECIFIED, port).into()
}

struct Both {
    fabric: Fabric,
    model: Model,
    draws: Draws,
}

impl Both {
    /// An address that a host may bind, or another's.
    fn socket(&mut self) -> SocketAddr {
        let ip: IpAddr = match self.draws.below(5) {
            0 => Ipv4Addr::UNSPECIFIED.into(),
            1 => Ipv4Addr::LOCALHOST.into(),
            host => address(host - 2),
        };
        SocketAddr::new(ip, 80 + self.draws.below(3) as u16)
    }

    fn bind(&mut self, host: u32) {
        let socket = self.socket();
        let ip = socket.ip();
        let own = ip.is_unspecified() || ip.is_loopback() || ip == address(host);
        let meets = |other: SocketAddr| {
            let any = other.ip().is_unspecified() || ip.is_unspecified();
            other.port() == socket.port() && (any || other.ip() == ip)
        };
        let expected = match (own, self.model.listener(host, meets)) {
            (false, _) => Err(ErrorKind::AddrNotAvailable),
            (true, Some(_)) => Err(ErrorKind::AddrInUse),
            (true, None) => Ok(self.model.listeners.len() as u32),
        };
        assert_eq!(self.fabric.bind(host, socket), expected);
        if expected.is_ok() {
            self.model.listeners.push(Some((host, socket, Vec::new())));
        }
    }

    fn dial(&mut self, from: u32, on: u32) {
        let socket = self.socket();
        let reached = |there: SocketAddr| there == socket || there == unspecified(socket.port());
        let expected = self.model.listener(on, reached);
        assert_eq!(self.fabric.listener(on, socket), expected);
        let Some(listener) = expected else { return };
        let number = self
            .fabric
            .connect(from, None, socket, listener)
            .expect("a port is left");
        assert_eq!(number as usize, self.model.connections.len());
        let [local, remote] = self.fabric.connection(number).unwrap().sockets;
        assert_eq!(remote, socket);
        assert!(
            !self.model.ports(from).contains(&local.port()),
            "a port of its own"
        );
        let connection = ([from, on], local.port(), [2, 2]);
        self.model.connections.push(Some(connection));
        let (_, _, backlog) = self.model.listeners[listener as usize].as_mut().unwrap();
        backlog.push(number);
    }

    fn accept(&mut self) {
        let place = self.draws.below(self.model.listeners.len() as u32);
        let expected = match &mut self.model.listeners[place as usize] {
            Some((_, _, backlog)) if !backlog.is_empty() => Some(backlog.remove(0)),
            _ => None,
        };
        assert_eq!(self.fabric.accept(place), expected);
    }

    fn unbind(&mut self) {
        let place = self.draws.below(self.model.listeners.len() as u32);
        let model = self.model.listeners[place as usize].take();
        let left: Vec<_> = self.fabric.unbind(place).into();
        assert_eq!(
            left,
            model.map(|(_, _, backlog)| backlog).unwrap_or_default()
        );
        assert!(!self.fabric.is_listening(place));
    }

    fn drop_half(&mut self) {
        let place = self.draws.below(self.model.connections.len() as u32);
        let end = self.draws.below(2) as usize;
        let slot = &mut self.model.connections[place as usize];
        let Some((_, _, halves)) = slot.as_mut().filter(|(_, _, halves)| halves[end] > 0) else {
            return;
        };
        halves[end] -= 1;
        let gone = *halves == [0, 0];
        slot.take_if(|_| gone);
        self.fabric.connection(place).unwrap().halves[end] -= 1;
        self.fabric.forget_unused(place);
        assert_eq!(self.fabric.connection(place).is_none(), gone);
    }
}

#[test]
fn a_fabric_agrees_with_a_model() {
    let mut connected = 0;
    for seed in 0..100 {
        let draws = Draws::new(seed, Purpose::Network);
        let (fabric, model) = (Fabric::default(), Model::default());
        let mut both = Both {
            fabric,
            model,
            draws,
        };
        (0..HOSTS).for_each(|_| both.fabric.add_host());
        both.bind(0);
        for _ in 0..300 {
            let [one, other] = [both.draws.below(HOSTS), both.draws.below(HOSTS)];
            match both.draws.below(10) {
                0..=1 => both.bind(one),
                2..=4 => both.dial(one, other),
                5 if !both.model.listeners.is_empty() => both.accept(),
                6 if !both.model.listeners.is_empty() && both.draws.one_in(4) => both.unbind(),
                7..=9 if !both.model.connections.is_empty() => both.drop_half(),
                _ => {}
            }
            assert_eq!(both.fabric.connections_of(one), both.model.ends(one));
            let bound = both.model.listeners.iter().flatten();
            let listeners = bound.filter(|(host, ..)| *host == one).count();
            assert_eq!(both.fabric.listeners_of(one).len(), listeners);
        }
        connected += both.model.connections.len();
    }
    assert!(connected > 1_000, "{connected}");
}

fn fabric(hosts: u32) -> Fabric {
    let mut fabric = Fabric::default();
    (0..hosts).for_each(|_| fabric.add_host());
    fabric
}

#[test]
fn a_host_is_found_by_its_address_and_no_other_is() {
    let fabric = fabric(300);
    for host in 0..300 {
        assert_eq!(fabric.host_at(address(host)), Some(host));
    }
    for stranger in ["10.0.0.0", "10.0.1.45", "11.0.0.1", "10.1.0.1", "::a00:1"] {
        assert_eq!(
            fabric.host_at(stranger.parse().unwrap()),
            None,
            "{stranger}"
        );
    }
}

#[test]
fn a_host_knows_the_connections_that_have_an_end_on_it_until_they_are_forgotten() {
    let mut fabric = fabric(3);
    let socket = (address(1), 80).into();
    let listener = fabric.bind(1, socket).unwrap();
    let mut dial = |from| fabric.connect(from, None, socket, listener).unwrap();
    let (first, own) = (dial(0), dial(1));
    assert_eq!(fabric.connections_of(0), [(first, 0)]);
    assert_eq!(fabric.connections_of(1), [(first, 1), (own, 0), (own, 1)]);
    assert_eq!(fabric.connections_of(2), []);
    fabric.connection(first).unwrap().halves = [0; 2];
    fabric.forget_unused(first);
    assert_eq!(fabric.connections_of(0), []);
    assert_eq!(fabric.connections_of(1), [(own, 0), (own, 1)]);
    assert!(fabric.ends[0].is_empty(), "what is forgotten costs nothing");
}
