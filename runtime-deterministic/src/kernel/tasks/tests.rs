//! What is known of one host's tasks, against a look at all tasks.

use super::{SERIAL_BITS, Stage, TaskId, Tasks, lists::NONE};
use crate::draws::{Draws, Purpose};
use std::collections::BTreeSet;

const HOSTS: u32 = 5;

/// All tasks that have not ended, of the hosts' lives that `is_meant` says.
fn looked_for(tasks: &Tasks, is_meant: impl Fn(u32, u32) -> bool) -> Vec<u32> {
    let meant = tasks
        .live()
        .filter(|(_, task)| is_meant(task.host, task.life));
    meant.map(|(index, _)| index).collect()
}

/// The places in a host's list, which is up to date. They must name each other.
fn listed(tasks: &Tasks, host: u32) -> BTreeSet<u32> {
    let (mut listed, mut previous) = (BTreeSet::new(), None);
    let mut next = tasks.first.get(host as usize).copied().unwrap_or(NONE);
    while next != NONE {
        let place = &tasks.places[next as usize];
        assert_eq!(place.host, host);
        assert!(previous.is_none_or(|previous| place.links.previous == previous));
        assert!(listed.insert(next), "a list without an end");
        (previous, next) = (Some(next), place.links.next);
    }
    listed
}

#[test]
fn what_is_known_of_a_host_is_what_a_look_at_all_tasks_says() {
    for seed in 0..200 {
        let (mut tasks, mut draws) = (Tasks::default(), Draws::new(seed, Purpose::Select));
        // In some seeds places change hands, in others tasks become many.
        let growth = 4 + draws.below(3);
        for _ in 0..400 {
            let (host, life) = (draws.below(HOSTS), draws.below(3));
            // In every other seed before each question: a list without an end is no question's to find.
            if seed % 2 == 0 {
                tasks.sort_out();
                check_lists(&tasks);
            }
            match draws.below(10) {
                kind if kind < growth => {
                    tasks.occupy(host, life);
                }
                8 => {
                    let expected = looked_for(&tasks, |of, _| of == host);
                    assert_eq!(tasks.of_host(host), expected, "seed {seed}");
                    // Whoever goes through it next meets nothing that has ended.
                    assert!(listed(&tasks, host).into_iter().eq(expected), "seed {seed}");
                    check_lists(&tasks);
                }
                9 => {
                    let any = !looked_for(&tasks, |of, _| of == host).is_empty();
                    assert_eq!(tasks.has_any(host), any, "seed {seed}");
                    let any = !looked_for(&tasks, |of, at| (of, at) == (host, life)).is_empty();
                    assert_eq!(tasks.has_any_of(host, life), any, "seed {seed}");
                }
                _ => {
                    let all = looked_for(&tasks, |_, _| true);
                    if !all.is_empty() {
                        tasks.remove(all[draws.below(all.len() as u32) as usize]);
                    }
                }
            }
        }
    }
}

/// Each place is in the list of its host, or in none and free. Who lives there is known without it.
fn check_lists(tasks: &Tasks) {
    let lists: Vec<_> = (0..HOSTS).map(|host| listed(tasks, host)).collect();
    for (index, place) in (0..).zip(&tasks.places) {
        let (serial, all) = (place.serial, 1 << SERIAL_BITS);
        let lives = |serial| tasks.lives(TaskId { index, serial });
        assert_eq!(lives(serial), place.stage != Stage::Free);
        assert_eq!(lives(serial % all), lives(serial), "wakers know no more");
        assert!(!lives(serial.wrapping_sub(1)), "who had the place before");
        assert!(!lives(serial ^ (all / 2)));
        match place.host {
            NONE => assert!(place.stage == Stage::Free),
            host => assert!(lists[host as usize].contains(&index)),
        }
    }
}

/// The memory that a run leaves to the next has none of its tasks.
#[test]
fn emptied_tasks_know_nothing() {
    let mut tasks = Tasks::default();
    for host in 0..HOSTS {
        tasks.occupy(host, 0);
    }
    assert!((0..HOSTS).all(|host| tasks.has_any(host)));
    let mut tasks = tasks.emptied();
    tasks.occupy(3, 1);
    let having: Vec<_> = (0..HOSTS).filter(|host| tasks.has_any(*host)).collect();
    assert_eq!(having, [3]);
    assert_eq!(tasks.of_host(3), [0]);
}
