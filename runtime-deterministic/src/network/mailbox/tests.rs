//! Who is reached, as whom, and what a mailbox holds.

use super::{CAPACITY, LARGEST, Mailbox, Mailboxes, OVERHEAD};
use std::{io::ErrorKind, net::SocketAddr};

fn socket(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn mailbox(local: &str) -> Mailbox {
    Mailbox::new(0, socket(local))
}

/// A run of two hosts, 10.0.0.1 and 10.0.0.2.
fn two_hosts() -> Mailboxes {
    let mut mailboxes = Mailboxes::default();
    (0..2).for_each(|_| mailboxes.add_host());
    mailboxes
}

#[test]
fn datagrams_are_taken_in_the_order_of_their_arrival() {
    let (mut mailbox, mut buf) = (mailbox("0.0.0.0:9"), [0; 8]);
    let (one, two) = (socket("10.0.0.2:1"), socket("10.0.0.3:1"));
    assert!(mailbox.put(one, b"first"[..].into()));
    assert!(mailbox.put(two, b"two"[..].into()));
    assert_eq!(mailbox.take(&mut buf), Some((5, one)));
    assert_eq!(&buf[..5], b"first");
    assert_eq!(mailbox.take(&mut buf), Some((3, two)));
    assert_eq!(&buf[..3], b"two");
    assert_eq!(mailbox.take(&mut buf), None);
}

#[test]
fn what_does_not_fit_into_the_buffer_is_lost() {
    let (mut mailbox, mut buf) = (mailbox("0.0.0.0:9"), [0; 2]);
    let from = socket("10.0.0.2:1");
    assert!(mailbox.put(from, b"abc"[..].into()));
    assert_eq!(mailbox.take(&mut buf), Some((2, from)));
    assert_eq!(&buf, b"ab");
    assert_eq!(mailbox.take(&mut buf), None);
}

#[test]
fn a_full_mailbox_takes_no_more_until_one_is_taken() {
    let (mut mailbox, from) = (mailbox("0.0.0.0:9"), socket("10.0.0.2:1"));
    let fits = (0..1000).take_while(|_| mailbox.put(from, Box::default()));
    assert_eq!(fits.count(), CAPACITY / OVERHEAD);
    assert_eq!(mailbox.take(&mut [0; 8]), Some((0, from)));
    assert!(!mailbox.put(from, [1][..].into()), "a byte too many");
    assert!(mailbox.put(from, Box::default()));
}

#[test]
fn the_payload_counts() {
    let (mut mailbox, from) = (mailbox("0.0.0.0:9"), socket("10.0.0.2:1"));
    let rest = CAPACITY - 3 * (LARGEST + OVERHEAD) - OVERHEAD;
    (0..3).for_each(|_| assert!(mailbox.put(from, vec![7; LARGEST].into())));
    assert!(!mailbox.put(from, vec![7; rest + 1].into()));
    assert!(mailbox.put(from, vec![7; rest].into()));
}

#[test]
fn a_receiver_sees_the_address_that_the_way_goes_from() {
    let seen = |local, to| mailbox(local).way(1, socket(to)).unwrap().0;
    assert_eq!(seen("0.0.0.0:9", "10.0.0.2:1"), socket("10.0.0.1:9"));
    assert_eq!(seen("0.0.0.0:9", "10.0.0.1:1"), socket("10.0.0.1:9"));
    assert_eq!(seen("0.0.0.0:9", "127.0.0.2:1"), socket("127.0.0.1:9"));
    assert_eq!(seen("10.0.0.1:9", "127.0.0.1:1"), socket("10.0.0.1:9"));
    assert_eq!(seen("127.0.0.1:9", "10.0.0.1:1"), socket("127.0.0.1:9"));
    assert_eq!(seen("[::]:9", "[::1]:1"), socket("[::1]:9"));
    assert_eq!(seen("[::]:9", "10.0.0.2:1"), socket("10.0.0.1:9"));
}

#[test]
fn no_address_in_particular_is_the_senders_own() {
    let target = |local, to| mailbox(local).way(1, socket(to)).unwrap().1;
    assert_eq!(target("0.0.0.0:9", "0.0.0.0:1"), socket("127.0.0.1:1"));
    assert_eq!(target("10.0.0.1:9", "0.0.0.0:1"), socket("10.0.0.1:1"));
    assert_eq!(target("10.0.0.1:9", "10.0.0.2:1"), socket("10.0.0.2:1"));
}

#[test]
fn what_no_system_sends_is_refused() {
    let refused = |local, len, to| mailbox(local).way(len, socket(to)).is_err();
    assert!(!refused("0.0.0.0:9", LARGEST, "10.0.0.2:1"));
    assert!(refused("0.0.0.0:9", LARGEST + 1, "10.0.0.2:1"));
    assert!(refused("0.0.0.0:9", 1, "10.0.0.2:0"));
    assert!(refused("127.0.0.1:9", 1, "10.0.0.2:1"));
    assert!(refused("0.0.0.0:9", 1, "[::1]:1"));
    assert!(refused("[::1]:9", 1, "10.0.0.1:1"));
}

#[test]
fn a_socket_is_reached_at_its_address_until_it_is_closed() {
    let mut mailboxes = two_hosts();
    let one = mailboxes.bind(0, socket("10.0.0.1:9")).unwrap();
    let other = mailboxes.bind(1, socket("0.0.0.0:9")).unwrap();
    assert_eq!(mailboxes.reached(0, socket("10.0.0.1:9")), Some(one));
    assert_eq!(mailboxes.reached(0, socket("127.0.0.1:9")), None);
    assert_eq!(mailboxes.reached(0, socket("10.0.0.1:8")), None);
    assert_eq!(mailboxes.reached(1, socket("127.0.0.1:9")), Some(other));
    assert_eq!(
        (mailboxes.of_host(0), mailboxes.of_host(1)),
        (vec![one], vec![other])
    );
    mailboxes.close(one);
    assert_eq!(mailboxes.reached(0, socket("10.0.0.1:9")), None);
    assert_eq!(mailboxes.local_addr(one), None);
    assert!(mailboxes.get(one).is_none());
    assert!(mailboxes.bind(0, socket("0.0.0.0:9")).is_ok());
}

#[test]
fn an_address_that_is_taken_or_another_hosts_is_not_bound() {
    let mut mailboxes = two_hosts();
    let mut bind = |host, text| mailboxes.bind(host, socket(text)).map(|_| ());
    assert_eq!(bind(0, "127.0.0.1:9"), Ok(()));
    assert_eq!(bind(0, "10.0.0.1:9"), Ok(()));
    assert_eq!(bind(0, "10.0.0.1:9"), Err(ErrorKind::AddrInUse));
    assert_eq!(bind(0, "0.0.0.0:9"), Err(ErrorKind::AddrInUse));
    assert_eq!(bind(0, "10.0.0.2:9"), Err(ErrorKind::AddrNotAvailable));
    assert_eq!(bind(1, "10.0.0.2:9"), Ok(()));
}

#[test]
fn each_port_of_the_system_is_handed_out_once() {
    let mut mailboxes = two_hosts();
    let ports = 60_999 - 32_768 + 1;
    for _ in 0..ports {
        mailboxes.bind(0, socket("127.0.0.1:0")).unwrap();
    }
    assert_eq!(
        mailboxes.bind(0, socket("127.0.0.1:0")),
        Err(ErrorKind::AddrInUse)
    );
    assert_eq!(mailboxes.of_host(0).len(), ports);
    mailboxes.close(7);
    assert!(mailboxes.bind(0, socket("127.0.0.1:0")).is_ok());
    assert_eq!(
        mailboxes.local_addr(ports as u32),
        Some(socket("127.0.0.1:32775"))
    );
}
