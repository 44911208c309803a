//! Who gets which connection.

use super::{Given, Limits, Pool, Reusable, Ticket};
use crate::client::request::Origin;
use http::Request;
use std::{cell::Cell, rc::Rc, time::Duration};

const SECOND: Duration = Duration::from_secs(1);
const NOW: Duration = SECOND;

/// A connection with a number.
#[derive(Clone, Debug)]
struct Wire {
    number: u32,
    open: Rc<Cell<bool>>,
    shared: bool,
}

impl Reusable for Wire {
    fn is_open(&self) -> bool {
        self.open.get()
    }

    fn share(&self) -> Option<Self> {
        self.shared.then(|| self.clone())
    }
}

fn wire(number: u32, shared: bool) -> Wire {
    let open = Rc::new(Cell::new(true));
    Wire {
        number,
        open,
        shared,
    }
}

/// Waiters and dials are names.
type Names = Pool<Wire, &'static str, &'static str>;

fn pool(shared: bool, max_idle: usize) -> Names {
    Pool::new(Limits {
        shared,
        idle_timeout: Some(90 * SECOND),
        max_idle,
    })
}

fn origin(name: &str) -> Origin {
    let request = Request::get(format!("http://{name}/")).body(()).unwrap();
    Origin::of(&request, false).unwrap()
}

fn www() -> Origin {
    origin("www")
}

fn take(pool: &mut Names, now: Duration) -> Option<u32> {
    pool.take(&www(), now).0.map(|wire| wire.number)
}

fn numbers(wires: Vec<Wire>) -> Vec<u32> {
    wires.into_iter().map(|wire| wire.number).collect()
}

/// Who was given what.
fn put(pool: &mut Names, wire: Wire, now: Duration) -> Vec<(&'static str, u32)> {
    given(pool.put(&www(), wire, now))
}

fn given(given: Given<Wire, &'static str>) -> Vec<(&'static str, u32)> {
    let to = given.to.into_iter();
    to.map(|(_, name, wire)| (name, wire.number)).collect()
}

/// The dial of this ticket brings this connection: who is given it, and what the dial was.
fn dialled(
    pool: &mut Names,
    ticket: Ticket,
    wire: Wire,
) -> (Vec<(&'static str, u32)>, Option<&'static str>) {
    let (to, dial) = pool.dialled(&www(), ticket.number, wire, NOW);
    (given(to), dial)
}

/// Waits, and dials where it has to.
fn wait(pool: &mut Names, name: &'static str) -> Ticket {
    let ticket = pool.wait(&www(), name);
    if ticket.dials {
        assert_eq!(pool.dials(&www(), ticket.number, name), None);
    }
    ticket
}

#[test]
fn the_connection_that_was_used_last_is_used_next_and_by_one_request() {
    let mut pool = pool(false, 9);
    put(&mut pool, wire(1, false), NOW);
    put(&mut pool, wire(2, false), NOW);
    assert_eq!(pool.take(&origin("other"), NOW).0.map(|it| it.number), None);
    assert_eq!(take(&mut pool, NOW), Some(2));
    assert_eq!(take(&mut pool, NOW), Some(1));
    assert_eq!(take(&mut pool, NOW), None);
    assert!(pool.places.is_empty());
}

#[test]
fn one_that_is_shared_stays_and_its_time_begins_anew() {
    let mut pool = pool(true, 9);
    put(&mut pool, wire(1, true), NOW);
    assert_eq!(take(&mut pool, 80 * SECOND), Some(1));
    assert_eq!(take(&mut pool, 160 * SECOND), Some(1));
    assert_eq!(take(&mut pool, 250 * SECOND), None);
}

#[test]
fn what_is_closed_or_too_old_is_handed_out_to_be_dropped() {
    let mut pool = pool(false, 9);
    let closed = wire(1, false);
    put(&mut pool, wire(3, false), NOW);
    put(&mut pool, wire(2, false), NOW + 60 * SECOND);
    put(&mut pool, closed.clone(), NOW + 60 * SECOND);
    closed.open.set(false);
    let (taken, stale) = pool.take(&www(), NOW + 90 * SECOND);
    assert_eq!((taken.unwrap().number, numbers(stale)), (2, vec![1]));
    let (taken, stale) = pool.take(&www(), NOW + 90 * SECOND);
    assert_eq!((taken.is_none(), numbers(stale)), (true, vec![3]));
}

#[test]
fn no_more_are_idle_than_may_be() {
    let mut pool = pool(false, 1);
    assert!(pool.put(&www(), wire(1, false), NOW).surplus.is_none());
    let Given { to, surplus } = pool.put(&www(), wire(2, false), NOW);
    assert!(to.is_empty());
    assert_eq!(surplus.unwrap().number, 2);
}

#[test]
fn what_becomes_free_goes_to_who_waits_longest_before_it_is_idle() {
    let mut pool = pool(false, 0);
    assert!(wait(&mut pool, "ada").dials);
    assert!(wait(&mut pool, "bob").dials);
    assert_eq!(put(&mut pool, wire(1, false), NOW), [("ada", 1)]);
    assert_eq!(put(&mut pool, wire(2, false), NOW), [("bob", 2)]);
    assert_eq!(put(&mut pool, wire(3, false), NOW), []);
}

#[test]
fn each_request_dials_for_itself_whatever_is_under_way_for_others() {
    let mut pool = pool(false, 9);
    let ada = wait(&mut pool, "ada");
    assert_eq!(put(&mut pool, wire(1, false), NOW), [("ada", 1)]);
    // ada's own dial goes on, and bob does not depend on it.
    let bob = wait(&mut pool, "bob");
    assert!(bob.dials);
    let cyd = wait(&mut pool, "cyd");
    assert_eq!(
        dialled(&mut pool, cyd, wire(2, false)),
        (vec![("cyd", 2)], Some("cyd"))
    );
    // What nobody waits for any more serves who waits longest.
    assert_eq!(
        dialled(&mut pool, ada, wire(3, false)),
        (vec![("bob", 3)], Some("ada"))
    );
    assert_eq!(
        dialled(&mut pool, bob, wire(4, false)),
        (vec![], Some("bob"))
    );
    assert_eq!(take(&mut pool, NOW), Some(4));
}

#[test]
fn who_leaves_takes_no_dial_of_another() {
    let mut pool = pool(false, 9);
    let ada = wait(&mut pool, "ada");
    let bob = wait(&mut pool, "bob");
    let cyd = wait(&mut pool, "cyd");
    assert_eq!(put(&mut pool, wire(1, false), NOW), [("ada", 1)]);
    assert_eq!(pool.leave(&www(), bob.number), (Some("bob"), Some("bob")));
    // Who was served gives nothing up.
    assert_eq!(pool.leave(&www(), ada.number), (None, None));
    assert_eq!(
        dialled(&mut pool, cyd, wire(2, false)),
        (vec![("cyd", 2)], Some("cyd"))
    );
}

#[test]
fn what_a_dial_brings_that_was_given_up_is_for_nobody() {
    for shared in [false, true] {
        let mut pool = pool(shared, 9);
        let ada = wait(&mut pool, "ada");
        assert_eq!(pool.leave(&www(), ada.number), (Some("ada"), Some("ada")));
        wait(&mut pool, "bob");
        let (late, dial) = pool.dialled(&www(), ada.number, wire(1, shared), NOW);
        assert_eq!(
            (late.to.len(), late.surplus.map(|it| it.number)),
            (0, Some(1))
        );
        assert_eq!(dial, None);
    }
}

#[test]
fn a_pool_that_is_closed_gives_up_all_dials() {
    let mut pool = pool(false, 9);
    wait(&mut pool, "ada");
    wait(&mut pool, "bob");
    assert_eq!(put(&mut pool, wire(1, false), NOW), [("ada", 1)]);
    assert_eq!(pool.close(), ["ada", "bob"]);
    assert_eq!(pool.close(), [""; 0]);
}

#[test]
fn one_dial_is_for_all_where_connections_are_shared() {
    let mut pool = pool(true, 9);
    let ada = wait(&mut pool, "ada");
    assert!(ada.dials);
    assert!(!wait(&mut pool, "bob").dials);
    assert_eq!(
        dialled(&mut pool, ada, wire(1, true)),
        (vec![("ada", 1), ("bob", 1)], Some("ada"))
    );
    assert_eq!(take(&mut pool, NOW), Some(1));
}

#[test]
fn a_failure_is_told_to_all_who_shared_the_dial_and_the_next_request_dials() {
    let mut pool = pool(true, 9);
    let ada = wait(&mut pool, "ada");
    wait(&mut pool, "bob");
    let (told, dial) = pool.failed(&www(), ada.number);
    assert_eq!((told, dial), (vec!["ada", "bob"], Some("ada")));
    assert!(pool.places.is_empty());
    assert!(wait(&mut pool, "cyd").dials);
}

#[test]
fn a_failure_is_told_to_the_one_whose_dial_it_was() {
    let mut pool = pool(false, 9);
    wait(&mut pool, "ada");
    let bob = wait(&mut pool, "bob");
    assert_eq!(pool.failed(&www(), bob.number), (vec!["bob"], Some("bob")));
    assert_eq!(put(&mut pool, wire(1, false), NOW), [("ada", 1)]);
}

#[test]
fn a_failure_of_a_dial_that_was_not_needed_is_told_to_nobody() {
    let mut pool = pool(false, 9);
    let ada = wait(&mut pool, "ada");
    put(&mut pool, wire(1, false), NOW);
    assert_eq!(pool.failed(&www(), ada.number), (vec![], Some("ada")));
}

#[test]
fn who_leaves_gives_up_the_own_dial() {
    let mut pool = pool(false, 9);
    let ada = wait(&mut pool, "ada");
    wait(&mut pool, "bob");
    let left = pool.leave(&www(), ada.number);
    assert_eq!(left, (Some("ada"), Some("ada")));
    // What is said of it later is nobody's business.
    assert_eq!(pool.failed(&www(), ada.number), (vec![], None));
    assert_eq!(put(&mut pool, wire(1, false), NOW), [("bob", 1)]);
    assert_eq!(pool.leave(&www(), ada.number), (None, None));
}

#[test]
fn a_shared_dial_is_given_up_by_the_last_who_leaves() {
    let mut pool = pool(true, 9);
    let ada = wait(&mut pool, "ada");
    let bob = wait(&mut pool, "bob");
    assert_eq!(pool.leave(&www(), ada.number), (Some("ada"), None));
    assert_eq!(pool.leave(&www(), bob.number), (Some("bob"), Some("ada")));
    assert!(pool.places.is_empty());
}

#[test]
fn a_dial_that_was_over_before_it_was_known_comes_back() {
    let mut pool = pool(false, 9);
    let ada = pool.wait(&www(), "ada");
    assert_eq!(pool.failed(&www(), ada.number), (vec!["ada"], None));
    assert_eq!(pool.dials(&www(), ada.number, "late"), Some("late"));
}

#[test]
fn what_expires_is_watched_by_one() {
    let mut pool = pool(false, 9);
    assert!(!pool.watch());
    put(&mut pool, wire(1, false), NOW);
    assert!(pool.watch());
    assert!(!pool.watch());
    put(&mut pool, wire(2, false), NOW + SECOND);
    let (expired, next) = pool.expire(NOW + 89 * SECOND);
    assert_eq!((numbers(expired), next), (vec![], Some(NOW + 90 * SECOND)));
    let (expired, next) = pool.expire(NOW + 90 * SECOND);
    assert_eq!((numbers(expired), next), (vec![1], Some(NOW + 91 * SECOND)));
    assert!(!pool.watch());
    let (expired, next) = pool.expire(NOW + 91 * SECOND);
    assert_eq!((numbers(expired), next), (vec![2], None));
    assert!(pool.places.is_empty());
    put(&mut pool, wire(3, false), NOW);
    assert!(pool.watch());
}

#[test]
fn without_a_limit_nothing_expires() {
    let mut pool = pool(false, 9);
    pool.limits.idle_timeout = None;
    put(&mut pool, wire(1, false), NOW);
    assert!(!pool.watch());
    assert_eq!(take(&mut pool, Duration::MAX), Some(1));
}
