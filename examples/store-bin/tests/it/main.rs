//! The commands by hand: real processes, real sockets, real files, kill -9.

mod cluster;

use cluster::Cluster;
use std::{io::Write, net::TcpStream};

#[test]
fn a_killed_backup_is_missed_by_nobody_and_catches_up() {
    let mut cluster = Cluster::start();
    cluster.promote(1);
    cluster.put("a", "1");
    cluster.kill(3);
    cluster.put("b", "2");
    assert_eq!(cluster.get("a"), "1");

    cluster.restart(3);
    // Now 3 is needed for a majority.
    cluster.kill(2);
    cluster.put("c", "3");
    assert_eq!(cluster.log(3), cluster.log(1));
    assert_eq!(cluster.get("b"), "2");
}

#[test]
fn a_killed_primary_is_replaced_and_comes_back_as_a_backup() {
    let mut cluster = Cluster::start();
    cluster.promote(1);
    cluster.put("a", "1");
    cluster.kill(1);
    cluster.promote(2);
    assert_eq!(cluster.get("a"), "1");
    cluster.put("a", "2");

    cluster.restart(1);
    assert!(
        cluster.status(1).contains("backup"),
        "{}",
        cluster.status(1)
    );
    cluster.kill(3);
    cluster.put("b", "3");
    assert_eq!(cluster.get("a"), "2");

    cluster.kill(2);
    cluster.restart(3);
    cluster.promote(1);
    assert_eq!(cluster.get("a"), "2");
    assert_eq!(cluster.get("b"), "3");
}

#[test]
fn everything_survives_when_all_are_killed_at_once() {
    let mut cluster = Cluster::start();
    cluster.promote(3);
    cluster.put("a", "1");
    for id in 1..=3 {
        cluster.kill(id);
    }
    for id in 1..=3 {
        cluster.restart(id);
    }
    cluster.promote(2);
    assert_eq!(cluster.get("a"), "1");
}

#[test]
fn ctrl_c_ends_a_server_without_an_error() {
    let mut cluster = Cluster::start();
    cluster.promote(1);
    cluster.put("a", "1");
    for id in 1..=3 {
        let (success, said) = cluster.interrupt(id);
        assert!(success, "server {id}: {said}");
    }
}

#[test]
fn a_peer_that_speaks_another_protocol_harms_nobody() {
    let cluster = Cluster::start();
    cluster.promote(1);
    let mut stranger = TcpStream::connect(cluster.address(1)).expect("a server listens");
    stranger
        .write_all(b"GET / HTTP/1.1\r\n\r\n")
        .expect("it takes bytes");
    cluster.put("a", "1");
    assert_eq!(cluster.get("a"), "1");
}

#[test]
fn without_a_primary_the_client_says_so() {
    let cluster = Cluster::start();
    let servers = cluster.servers();
    let said = cluster.refused(&["put", "a", "1", "--limit", "1", "--servers", &servers]);
    assert!(said.contains("no success within 1s"), "{said}");
    assert!(said.contains("promote a server if none is"), "{said}");
}

#[test]
fn mistakes_on_the_command_line_are_explained() {
    let cluster = Cluster::start();
    let servers = cluster.servers();
    let data = cluster.data(4);
    let said = cluster.refused(&["server", "--id", "4", "--peers", &servers, "--data", &data]);
    assert!(said.contains("from 1 to 3"), "{said}");
    let said = cluster.refused(&["server", "--id", "1", "--peers", &servers, "--data", &data]);
    assert!(said.contains("cannot listen: cannot bind"), "{said}");
    let said = cluster.refused(&["get", "a", "--servers", "localhost"]);
    assert!(said.contains("invalid value 'localhost'"), "{said}");
}
