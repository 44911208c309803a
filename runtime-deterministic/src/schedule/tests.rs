//! Each policy over a set of ready tasks, and the text of a schedule.

use super::{Policy, Schedule, ScheduleError};
use crate::ready::ReadySet;

/// Tasks that are ready again as soon as they were chosen, and one policy.
struct Run {
    ready: ReadySet,
    policy: Box<dyn Policy>,
    now: u64,
}

impl Run {
    fn new(schedule: &Schedule, seed: u64, tasks: u32) -> Self {
        let policy = schedule.policy(seed).expect("a policy");
        let ready = ReadySet::default();
        let mut run = Self {
            ready,
            policy,
            now: 0,
        };
        (0..tasks).for_each(|task| run.policy.spawned(task));
        run.wake(0..tasks);
        run
    }

    fn wake(&mut self, tasks: impl IntoIterator<Item = u32>) {
        for task in tasks {
            if !self.ready.contains(task) {
                self.ready.insert(task);
                self.policy.ready(task);
            }
        }
    }

    fn choose(&mut self) -> u32 {
        let task = self.policy.choose(&self.ready, self.now).unwrap();
        assert!(self.ready.remove(task), "{task} is not ready");
        task
    }

    /// Who is chosen so many times, each ready again at once.
    fn go_on(&mut self, times: usize) -> Vec<u32> {
        let chosen = (0..times).map(|_| {
            let task = self.choose();
            self.wake([task]);
            task
        });
        chosen.collect()
    }
}

const POLICIES: [Schedule; 3] = [
    Schedule::Fifo,
    Schedule::Weighted,
    Schedule::Pct {
        depth: 4,
        steps: 50,
    },
];

#[test]
fn the_order_of_wakes_does_not_show() {
    for schedule in POLICIES {
        for seed in 0..50 {
            let run = |wakes: fn(&mut [u32])| {
                let mut run = Run::new(&schedule, seed, 9);
                let mut chosen = Vec::new();
                for _ in 0..40 {
                    let gone: Vec<_> = (0..3).map(|_| run.choose()).collect();
                    let mut woken = gone.clone();
                    chosen.extend(gone);
                    wakes(&mut woken);
                    run.wake(woken);
                }
                chosen
            };
            let one = run(|woken| woken.sort_unstable());
            let other = run(|woken| woken.sort_unstable_by(|a, b| b.cmp(a)));
            assert_eq!(one, other, "{schedule}, seed {seed}");
        }
    }
}

/// What is taken out, and comes back, is chosen once; what has ended never.
#[test]
fn who_is_taken_out_meanwhile_is_not_chosen() {
    for schedule in POLICIES {
        for seed in 0..50 {
            let mut run = Run::new(&schedule, seed, 6);
            run.ready.remove(2);
            run.ready.remove(4);
            let first = run.choose();
            run.wake([4]);
            let mut chosen: Vec<_> = (0..4).map(|_| run.choose()).collect();
            chosen.push(first);
            chosen.sort_unstable();
            assert_eq!(chosen, [0, 1, 3, 4, 5], "{schedule}, seed {seed}");
            assert_eq!(run.ready.len(), 0);
        }
    }
}

#[test]
fn who_was_ready_first_is_first() {
    let mut run = Run::new(&Schedule::Fifo, 0, 4);
    assert_eq!([run.choose(), run.choose()], [0, 1]);
    run.wake([1]);
    assert_eq!(run.choose(), 2);
    run.wake([0]);
    assert_eq!([run.choose(), run.choose(), run.choose()], [3, 1, 0]);
}

/// Its old place in the queue is not its own.
#[test]
fn who_comes_back_is_last() {
    let mut run = Run::new(&Schedule::Fifo, 0, 4);
    assert_eq!(run.choose(), 0);
    run.ready.remove(2);
    assert_eq!(run.choose(), 1);
    run.wake([2]);
    assert_eq!([run.choose(), run.choose()], [3, 2]);
}

#[test]
fn a_task_starves_beside_another_as_its_weight_says() {
    let mut ratios = [0; 4];
    for seed in 0..400 {
        let chosen = Run::new(&Schedule::Weighted, seed, 2).go_on(1_300);
        let first = chosen.iter().filter(|task| **task == 0).count();
        let ratio = first.max(1_300 - first) as f64 / first.min(1_300 - first) as f64;
        // 1, 4, 16 or 64 times as often.
        let power = (ratio.log2() / 2.0).round();
        assert!((0.0..=3.0).contains(&power), "{first} of 1300, seed {seed}");
        ratios[power as usize] += 1;
    }
    let [equal, four, sixteen, most] = ratios;
    assert!((70..130).contains(&equal), "{ratios:?}");
    assert!((120..180).contains(&four), "{ratios:?}");
    assert!((70..130).contains(&sixteen), "{ratios:?}");
    assert!((30..70).contains(&most), "{ratios:?}");
}

#[test]
fn without_a_change_the_highest_runs_alone() {
    let mut first = [0; 4];
    for seed in 0..400 {
        let schedule = Schedule::Pct {
            depth: 1,
            steps: 50,
        };
        let chosen = Run::new(&schedule, seed, 4).go_on(60);
        assert!(chosen.iter().all(|task| *task == chosen[0]), "{chosen:?}");
        first[chosen[0] as usize] += 1;
    }
    assert!(
        first.iter().all(|times| (70..130).contains(times)),
        "{first:?}"
    );
}

/// Each change lets another go first, and each choice is as likely as another to be changed before.
#[test]
fn priorities_change_at_as_many_choices_as_the_depth_says() {
    let (depth, steps) = (3, 20);
    let mut at = [0; 20];
    for seed in 0..2_000 {
        let chosen = Run::new(&Schedule::Pct { depth, steps }, seed, 4).go_on(60);
        let turns = (1..60).filter(|turn| chosen[*turn] != chosen[turn - 1]);
        let turns: Vec<_> = turns.collect();
        assert!(turns.len() < depth as usize, "{chosen:?}");
        turns.into_iter().for_each(|turn| at[turn] += 1);
    }
    // A change before the first choice shows in nothing.
    assert!(
        at[1..].iter().all(|times| (140..260).contains(times)),
        "{at:?}"
    );
}

#[test]
fn a_choice_of_one_is_none() {
    let mut changed = 0;
    for seed in 0..50 {
        let schedule = Schedule::Pct {
            depth: 2,
            steps: 10,
        };
        let mut run = Run::new(&schedule, seed, 2);
        run.ready.remove(1);
        run.go_on(100);
        run.wake([1]);
        let chosen = run.go_on(12);
        changed += u32::from(chosen.contains(&0) && chosen.contains(&1));
    }
    assert!((35..=50).contains(&changed), "{changed} of 50");
}

/// Of two tasks that were lowered one after the other, the second goes on or it does not: neither is
/// always the lower.
#[test]
fn of_two_that_were_lowered_either_may_be_the_lower() {
    let (mut turns, mut last) = ([0; 3], 0);
    for seed in 0..2_000 {
        let chosen = Run::new(
            &Schedule::Pct {
                depth: 3,
                steps: 1_000,
            },
            seed,
            2,
        )
        .go_on(1_010);
        let seen = chosen.windows(2).filter(|pair| pair[0] != pair[1]);
        turns[seen.count()] += 1;
        last += chosen[1_009];
    }
    assert!(turns[1] > 900 && turns[2] > 900, "{turns:?}");
    assert!(
        (900..1_100).contains(&last),
        "{last} of 2,000 ended with the second"
    );
}

/// Each of three wants the others to go on; time stands still.
#[test]
fn nobody_waits_for_ever_at_one_instant() {
    let mut run = Run::new(&Schedule::Pct { depth: 1, steps: 1 }, 0, 3);
    let chosen = run.go_on(10_040);
    assert!(chosen[..10_000].iter().all(|task| *task == chosen[0]));
    for task in 0..3 {
        let times = chosen[10_000..]
            .iter()
            .filter(|chosen| **chosen == task)
            .count();
        assert!(times >= 13, "{task}: {times}");
    }
    let mut run = Run::new(&Schedule::Pct { depth: 1, steps: 1 }, 0, 3);
    for _ in 0..40 {
        run.now += 1;
        let chosen = run.go_on(9_000);
        assert!(chosen.iter().all(|task| *task == chosen[0]));
    }
}

#[test]
fn a_place_that_is_used_again_has_a_new_priority() {
    let mut firsts = [0; 2];
    for seed in 0..200 {
        let mut run = Run::new(&Schedule::Pct { depth: 1, steps: 1 }, seed, 2);
        let first = run.choose();
        run.policy.spawned(first);
        run.wake([first]);
        firsts[usize::from(run.choose() == first)] += 1;
    }
    // It was the higher of two; the new one is the highest of three in two cases of three.
    assert!((40..95).contains(&firsts[0]), "{firsts:?}");
}

#[test]
fn a_schedule_prints_and_parses() {
    let all = [
        (Schedule::Random, "random"),
        (Schedule::Fifo, "fifo"),
        (Schedule::Weighted, "weighted"),
        (
            Schedule::Pct {
                depth: 2,
                steps: 77,
            },
            "pct depth=2 steps=77",
        ),
        (Schedule::Replay([0, 3, 3].into()), "replay=0,3,3"),
        (Schedule::Replay([].into()), "replay="),
        (Schedule::Drawn, "drawn"),
    ];
    for (schedule, text) in all {
        assert_eq!(schedule.to_string(), text);
        assert_eq!(text.parse(), Ok(schedule));
    }
    let pct = Schedule::Pct {
        depth: 3,
        steps: 1_000,
    };
    assert_eq!(" pct ".parse(), Ok(pct));
    for text in [
        "",
        "pct depth=0",
        "pct depth=1 depth=2",
        "pct steps=x",
        "lifo",
        "replay=a",
        "fifo 1",
    ] {
        let error = ScheduleError::Text(text.into());
        assert_eq!(text.parse::<Schedule>(), Err(error));
    }
}

#[test]
fn what_a_seed_draws_is_of_all_kinds() {
    let (mut random, mut weighted, mut pct) = (0, 0, 0);
    let mut drawn = std::collections::BTreeSet::new();
    for seed in 0..1_000 {
        let schedule = Schedule::Drawn.draw(seed);
        assert_eq!(schedule, Schedule::Drawn.draw(seed));
        assert!(schedule.is_possible());
        match schedule {
            Schedule::Random => random += 1,
            Schedule::Weighted => weighted += 1,
            Schedule::Pct { .. } => pct += 1,
            other => panic!("{other}"),
        }
        drawn.insert(schedule.to_string());
    }
    assert!((450..550).contains(&random), "{random}");
    assert!((200..300).contains(&weighted), "{weighted}");
    assert!((200..300).contains(&pct), "{pct}");
    assert_eq!(drawn.len(), 2 + 4 * 11);
}
