//! Three replicas whose messages and disks the test moves by hand.

use super::{Outgoing, Rejection, Replica, Sizes};
use crate::{
    epoch::{Epoch, Position},
    message::peer::{Answer, Append, Request},
    record::{Change, Put, Record},
    status::Role,
};
use std::sync::Arc;

const BUDGET: usize = 1 << 16;

fn sizes(servers: u16) -> Sizes {
    let majority = usize::from(servers) / 2 + 1;
    Sizes {
        servers,
        majority,
        fence: majority,
        batch: BUDGET,
        write: u64::MAX,
    }
}

struct Cluster(Vec<Replica>);

impl Cluster {
    fn new() -> Self {
        let replica = |id| Replica::new(id, sizes(3), Epoch::default(), Vec::new());
        Self((1..=3).map(replica).collect())
    }

    fn at(&mut self, id: u16) -> &mut Replica {
        &mut self.0[usize::from(id) - 1]
    }

    /// Everything that `id` has decided gets on its disk.
    fn sync(&mut self, id: u16) {
        let replica = self.at(id);
        while let Some(write) = replica.unwritten() {
            replica.written(&write);
        }
    }

    /// What is not on the disk is lost.
    fn restart(&mut self, id: u16) {
        let replica = self.at(id);
        let records = replica.log.range(0, replica.durable.length).to_vec();
        *replica = Replica::new(id, replica.sizes, replica.durable.epoch, records);
    }

    /// One message from `from` to `to`, and its answer once it is on disk.
    fn call(&mut self, from: u16, to: u16) -> Option<Outgoing> {
        let outgoing = self.at(from).outgoing(to)?;
        self.deliver(from, to, &outgoing);
        Some(outgoing)
    }

    fn deliver(&mut self, from: u16, to: u16, outgoing: &Outgoing) {
        let answer = self.answer(to, &outgoing.request);
        self.at(from).answered(to, outgoing, answer);
    }

    fn answer(&mut self, to: u16, request: &Request) -> Answer {
        let replica = self.at(to);
        let promise = match request {
            Request::Fence { epoch } => replica.fence(*epoch),
            Request::Append(append) => replica.append(append),
            Request::Fetch { epoch, after } => match replica.fetch(*epoch, *after) {
                Ok(records) => return Answer::Records { records },
                Err(rejection) => Err(rejection),
            },
        };
        self.sync(to);
        match promise {
            Ok(promise) => {
                let kept = self.at(to).kept(promise);
                let position = kept.expect("it is on disk").expect("of this epoch");
                match request {
                    Request::Fence { .. } => Answer::Fenced { position },
                    _ => Answer::Appended {
                        length: position.length,
                    },
                }
            }
            Err(Rejection::Earlier(epoch)) => Answer::Refused { epoch },
            Err(Rejection::Gap(length)) => Answer::Gap { length },
        }
    }

    /// `from` and `to` talk until they have nothing more to say.
    fn settle(&mut self, from: u16, to: u16) {
        self.sync(from);
        while self.call(from, to).is_some() {
            self.sync(from);
        }
    }

    /// Promotes `id` with the help of `other` alone. Refused because of a later epoch of which it
    /// has not heard, it tries again, as a client does.
    fn promote(&mut self, id: u16, other: u16) -> Epoch {
        loop {
            let epoch = self.at(id).promote(0);
            self.settle(id, other);
            match self.at(id).promoted(epoch) {
                Some(Ok(())) => return epoch,
                Some(Err(later)) => assert!(later > epoch),
                None => panic!("the promotion is stuck"),
            }
        }
    }

    fn put(&mut self, id: u16, sequence: u64, value: &str) -> Position {
        let put = put(sequence, value);
        self.at(id).put(put).expect("a primary")
    }

    /// The values in the log of `id`, in order.
    fn logged(&mut self, id: u16) -> Vec<String> {
        let replica = self.at(id);
        let records = replica.log.range(0, replica.log.len());
        let value = |record: &Arc<Record>| match &record.change {
            Change::Opened => None,
            Change::Put(put) => Some(String::from_utf8(put.value.clone()).expect("text")),
        };
        records.iter().filter_map(value).collect()
    }

    fn role(&mut self, id: u16) -> Role {
        self.at(id).status().role
    }
}

fn put(sequence: u64, value: &str) -> Put {
    Put {
        client: 1,
        sequence,
        key: b"key".to_vec(),
        value: value.into(),
    }
}

#[test]
fn a_put_counts_once_a_majority_has_it_on_disk() {
    let mut cluster = Cluster::new();
    cluster.promote(1, 2);
    let position = cluster.put(1, 1, "a");
    cluster.call(1, 2);
    assert_eq!(
        cluster.at(1).acknowledged(position),
        None,
        "not on 1's own disk"
    );
    cluster.sync(1);
    assert_eq!(cluster.at(1).acknowledged(position), Some(Ok(())));
}

#[test]
fn the_primary_alone_is_no_majority() {
    let mut cluster = Cluster::new();
    cluster.promote(1, 2);
    let position = cluster.put(1, 1, "a");
    cluster.sync(1);
    assert_eq!(cluster.at(1).acknowledged(position), None);
}

#[test]
fn a_backup_promises_nothing_that_is_not_on_its_disk() {
    let mut cluster = Cluster::new();
    let epoch = cluster.promote(1, 2);
    cluster.put(1, 1, "a");
    let Some(Request::Append(append)) = cluster.at(1).outgoing(2).map(|out| out.request) else {
        panic!("a record to append");
    };
    let promise = cluster.at(2).append(&append).expect("it follows");
    assert_eq!(cluster.at(2).kept(promise), None);
    let write = cluster.at(2).unwritten().expect("a record to write");
    assert_eq!(write.epoch, epoch);
    cluster.at(2).written(&write);
    assert!(matches!(cluster.at(2).kept(promise), Some(Ok(_))));
}

#[test]
fn a_fenced_server_refuses_the_old_primary() {
    let mut cluster = Cluster::new();
    cluster.promote(1, 2);
    cluster.settle(1, 3);
    let position = cluster.put(1, 1, "lost");
    let stale = cluster.at(1).outgoing(3).expect("a record to append");
    let epoch = cluster.promote(2, 3);
    let answer = cluster.answer(3, &stale.request);
    assert_eq!(answer, Answer::Refused { epoch });
    cluster.at(1).answered(3, &stale, answer);
    assert_eq!(cluster.role(1), Role::Backup);
    assert!(matches!(cluster.at(1).acknowledged(position), Some(Err(_))));
}

#[test]
fn a_fenced_server_refuses_a_candidate_of_an_earlier_epoch() {
    let mut cluster = Cluster::new();
    let earlier = cluster.promote(1, 2);
    let epoch = cluster.promote(2, 3);
    let fetch = Request::Fetch {
        epoch: earlier,
        after: Position::default(),
    };
    for request in [Request::Fence { epoch: earlier }, fetch] {
        assert_eq!(cluster.answer(3, &request), Answer::Refused { epoch });
    }
}

#[test]
fn a_fence_survives_a_restart() {
    let mut cluster = Cluster::new();
    cluster.promote(1, 2);
    cluster.put(1, 1, "lost");
    let stale = cluster.at(1).outgoing(3).expect("a record to append");
    let epoch = cluster.promote(2, 3);
    cluster.restart(3);
    assert_eq!(cluster.answer(3, &stale.request), Answer::Refused { epoch });
}

#[test]
fn a_promotion_takes_over_the_most_recent_log() {
    let mut cluster = Cluster::new();
    cluster.promote(1, 2);
    cluster.put(1, 1, "a");
    cluster.put(1, 2, "b");
    cluster.settle(1, 2);
    cluster.promote(3, 2);
    assert_eq!(cluster.logged(3), ["a", "b"]);
}

/// Server 2 has forgotten what it acknowledged with 1, and 3 never had it.
#[test]
fn where_one_may_forget_a_promotion_asks_one_that_remembers() {
    let mut cluster = Cluster::new();
    (1..=3).for_each(|id| cluster.at(id).sizes.fence = 3);
    let epoch = cluster.at(1).promote(0);
    cluster.sync(1);
    cluster.call(1, 2);
    cluster.call(1, 3);
    cluster.settle(1, 2);
    assert_eq!(cluster.at(1).promoted(epoch), Some(Ok(())));
    cluster.put(1, 1, "a");
    cluster.settle(1, 2);
    *cluster.at(2) = Replica::new(2, cluster.at(2).sizes, Epoch::default(), Vec::new());
    // Refused by 1 with its epoch, server 3 has a later one than it the second time.
    cluster.at(3).hear(epoch);
    let epoch = cluster.at(3).promote(0);
    cluster.settle(3, 2);
    assert_eq!(cluster.at(3).promoted(epoch), None);
    cluster.settle(3, 1);
    cluster.settle(3, 2);
    assert_eq!(cluster.at(3).promoted(epoch), Some(Ok(())));
    assert_eq!(cluster.logged(3), ["a"]);
}

/// A primary that forgot its epoch would write other records at the same places.
#[test]
fn a_server_that_forgot_its_epoch_does_not_begin_it_again() {
    let mut cluster = Cluster::new();
    let epoch = cluster.promote(1, 2);
    *cluster.at(1) = Replica::new(1, cluster.at(1).sizes, Epoch::default(), Vec::new());
    let again = cluster.at(1).promote(epoch.draw + 1);
    assert_eq!((again.number, again.primary), (epoch.number, epoch.primary));
    assert_ne!(again, epoch);
}

#[test]
fn a_write_takes_no_more_records_than_it_may() {
    let mut cluster = Cluster::new();
    cluster.promote(1, 2);
    cluster.at(1).sizes.write = 2;
    for number in 1..=3 {
        cluster.put(1, number, "a");
    }
    let write = cluster.at(1).unwritten().expect("records to write");
    assert_eq!(write.records.len(), 2);
    cluster.sync(1);
    let replica = cluster.at(1);
    assert_eq!(replica.synced(), replica.log.len());
}

#[test]
fn what_was_never_acknowledged_makes_way() {
    let mut cluster = Cluster::new();
    cluster.promote(1, 2);
    cluster.put(1, 1, "never acknowledged");
    cluster.sync(1);
    cluster.promote(2, 3);
    cluster.put(2, 2, "b");
    cluster.settle(2, 3);
    cluster.settle(2, 1);
    assert_eq!(cluster.logged(1), ["b"]);
    assert_eq!(cluster.role(1), Role::Backup);
}

#[test]
fn a_candidate_with_a_conflicting_log_steps_back() {
    let mut cluster = Cluster::new();
    cluster.promote(1, 2);
    cluster.put(1, 1, "x");
    cluster.put(1, 2, "y");
    cluster.sync(1);
    cluster.promote(2, 3);
    cluster.put(2, 3, "b");
    cluster.settle(2, 3);
    cluster.promote(1, 3);
    assert_eq!(cluster.logged(1), ["b"]);
}

#[test]
fn a_backup_refuses_a_gap_and_is_filled() {
    let mut cluster = Cluster::new();
    let epoch = cluster.promote(1, 2);
    cluster.put(1, 1, "a");
    cluster.settle(1, 2);
    let after = cluster.at(1).log.position();
    let append = Append {
        epoch,
        after,
        records: Vec::new(),
        committed: 0,
    };
    assert_eq!(cluster.at(3).append(&append), Err(Rejection::Gap(0)));
    cluster.settle(1, 3);
    assert_eq!(cluster.logged(3), ["a"]);
}

#[test]
fn a_late_append_takes_nothing_back() {
    let mut cluster = Cluster::new();
    cluster.promote(1, 2);
    cluster.put(1, 1, "a");
    let late = cluster.at(1).outgoing(2).expect("a record to append");
    cluster.put(1, 2, "b");
    cluster.settle(1, 2);
    cluster.deliver(1, 2, &late);
    assert_eq!(cluster.logged(2), ["a", "b"]);
    cluster.settle(1, 2);
    assert_eq!(cluster.logged(2), ["a", "b"]);
}

/// The case of Raft's figure 8: a record of an earlier epoch is on a majority's disks, and a log
/// with a later epoch would still replace it.
#[test]
fn inherited_records_count_only_with_one_of_the_primarys_own() {
    let mut cluster = Cluster::new();
    cluster.promote(1, 2);
    cluster.put(1, 1, "a");
    cluster.sync(1);
    cluster.restart(1);
    let epoch = cluster.at(1).promote(0);
    cluster.sync(1);
    cluster.call(1, 3);
    let append = Append {
        epoch,
        after: Position::default(),
        records: cluster.at(1).log.batch(0, BUDGET)[..2].to_vec(),
        committed: 0,
    };
    let outgoing = Outgoing {
        request: Request::Append(append),
        round: 0,
    };
    cluster.deliver(1, 3, &outgoing);
    assert_eq!(cluster.logged(3), ["a"]);
    assert_eq!(cluster.at(1).status().committed, 0);
}

#[test]
fn a_restarted_primary_is_a_backup() {
    let mut cluster = Cluster::new();
    cluster.promote(1, 2);
    cluster.sync(1);
    cluster.restart(1);
    assert_eq!(cluster.role(1), Role::Backup);
    assert!(cluster.at(1).put(put(1, "a")).is_err());
    assert!(cluster.at(1).begin_read().is_err());
}

#[test]
fn a_read_waits_until_a_majority_confirms_the_epoch() {
    let mut cluster = Cluster::new();
    cluster.promote(1, 2);
    cluster.put(1, 1, "a");
    cluster.settle(1, 2);
    let read = cluster.at(1).begin_read().expect("a primary");
    assert_eq!(cluster.at(1).finish_read(read, b"key"), None);
    cluster.call(1, 2);
    let value = Some(Ok(Some(b"a".to_vec())));
    assert_eq!(cluster.at(1).finish_read(read, b"key"), value);
}

#[test]
fn an_answer_to_an_earlier_message_confirms_no_read() {
    let mut cluster = Cluster::new();
    cluster.promote(1, 2);
    cluster.put(1, 1, "a");
    cluster.sync(1);
    let earlier = cluster.at(1).outgoing(2).expect("a record to append");
    let read = cluster.at(1).begin_read().expect("a primary");
    cluster.deliver(1, 2, &earlier);
    assert_eq!(cluster.at(1).finish_read(read, b"key"), None);
}

#[test]
fn a_deposed_primary_reads_nothing() {
    let mut cluster = Cluster::new();
    cluster.promote(1, 2);
    let read = cluster.at(1).begin_read().expect("a primary");
    cluster.promote(2, 3);
    cluster.call(1, 3);
    assert!(matches!(
        cluster.at(1).finish_read(read, b"key"),
        Some(Err(_))
    ));
}

#[test]
fn a_write_that_was_overtaken_leaves_the_rest_unwritten() {
    let mut cluster = Cluster::new();
    cluster.promote(1, 2);
    cluster.put(1, 1, "old");
    let write = cluster.at(1).unwritten().expect("a record to write");
    cluster.promote(2, 3);
    cluster.put(2, 2, "new");
    cluster.sync(2);
    let outgoing = cluster.at(2).outgoing(1).expect("records to append");
    let Request::Append(append) = outgoing.request else {
        panic!("records to append");
    };
    cluster.at(1).append(&append).expect("it follows");
    cluster.at(1).written(&write);
    let rest = cluster.at(1).unwritten().expect("the new record to write");
    let end = rest.keep as usize + rest.records.len();
    assert_eq!(end as u64, cluster.at(1).log.len());
    assert!(rest.keep < write.end.length);
}

#[test]
fn one_server_alone_is_a_majority() {
    let mut alone = Cluster(vec![Replica::new(
        1,
        sizes(1),
        Epoch::default(),
        Vec::new(),
    )]);
    let epoch = alone.at(1).promote(0);
    assert_eq!(alone.at(1).promoted(epoch), None);
    alone.sync(1);
    assert_eq!(alone.at(1).promoted(epoch), Some(Ok(())));
    let position = alone.put(1, 1, "a");
    assert_eq!(alone.at(1).acknowledged(position), None);
    alone.sync(1);
    assert_eq!(alone.at(1).acknowledged(position), Some(Ok(())));
}
