//! What several cores tell in any order.

use super::{Part, Report};
use crate::alone::{Alone, Verdict};
use crate::outcome::{Failure, Outcome};
use crate::shard::Shard;

fn report() -> Report {
    let part = Part {
        begin: 0,
        end: 100,
        shard: Shard::WHOLE,
    };
    Report::new(part, ["a", "b"].into_iter())
}

fn failed(seed: u64) -> Outcome {
    Outcome {
        seed,
        began: 20,
        run: None,
        failure: Some(Failure {
            cause: format!("x.rs:1:1: lost {seed}"),
            block: format!("block {seed}"),
        }),
    }
}

#[test]
fn the_least_seed_of_a_cause_is_kept_whichever_is_told_first() {
    let mut report = report();
    for (simulation, seed) in [("b", 40), ("a", 50), ("b", 30), ("a", 60)] {
        report.add(simulation, failed(seed), None, "sweep");
    }
    let told: Vec<_> = report
        .causes
        .iter()
        .map(|cause| {
            (
                cause.simulation.as_str(),
                cause.count,
                cause.block.as_str(),
                cause.replay.as_str(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("b", 2, "block 30", "sweep --seed 30 --filter b"),
            ("a", 2, "block 50", "sweep --seed 50 --filter a")
        ]
    );
}

#[test]
fn a_cause_names_its_least_seeds_and_counts_all() {
    let mut report = report();
    (21..90)
        .rev()
        .for_each(|seed| report.add("a", failed(seed), None, "sweep"));
    let [cause] = &report.causes[..] else {
        panic!("{report:?}")
    };
    assert_eq!(cause.count, 69);
    assert_eq!(
        Vec::from_iter(cause.seeds.iter().copied()),
        Vec::from_iter(21..41)
    );
}

#[test]
fn a_seed_that_ran_again_is_told_of_rather_than_a_lesser_that_did_not() {
    let same = Alone {
        verdict: Verdict::Same,
        difference: String::new(),
    };
    let mut report = report();
    for (seed, alone) in [(30, None), (60, Some(&same)), (50, Some(&same)), (20, None)] {
        report.add("a", failed(seed), alone, "sweep");
    }
    let [cause] = &report.causes[..] else {
        panic!("{report:?}")
    };
    assert_eq!((cause.shown, cause.least()), (50, 20));
    assert_eq!(cause.replay, "sweep --seed 50 --filter a");
    let shown = report.to_string();
    assert!(
        shown.contains("1. a: 4 seeds, the least 20; shown is 50, which ran again\n"),
        "{shown}"
    );
}

#[test]
fn of_the_seeds_that_ran_again_only_the_least_are_told_of() {
    let verdicts = |order: &mut dyn Iterator<Item = u64>| {
        let mut report = report();
        for seed in order {
            let verdict = match seed % 3 {
                0 => Verdict::Same,
                1 => Verdict::Leaks,
                _ => Verdict::NotDeterministic,
            };
            let alone = Alone {
                verdict,
                difference: String::new(),
            };
            report.add("a", failed(seed), Some(&alone), "sweep");
        }
        report
    };
    let report = verdicts(&mut (30..45).rev());
    let totals = report.totals();
    assert_eq!(
        (totals.again, totals.leaking, totals.not_deterministic),
        (8, 3, 2)
    );
    let [cause] = &report.causes[..] else {
        panic!("{report:?}")
    };
    assert_eq!(
        Vec::from_iter(cause.again.keys().copied()),
        Vec::from_iter(30..38)
    );
    let shown = report.to_string();
    assert!(
        shown.contains("\n8 of the 15 seeds ran again, alone: 5 did otherwise\n"),
        "{shown}"
    );
    assert_eq!(verdicts(&mut (30..45)), report);
}

#[test]
fn seeds_that_pass_and_do_otherwise_alone_are_all_counted() {
    let mut report = report();
    for seed in 20..40 {
        let passed = Outcome {
            failure: None,
            ..failed(seed)
        };
        let alone = Alone {
            verdict: Verdict::Leaks,
            difference: String::new(),
        };
        report.add("a", passed, Some(&alone), "sweep");
    }
    let totals = report.totals();
    assert_eq!((totals.again, totals.leaking), (20, 20));
}

#[test]
fn a_leak_is_replayed_with_what_ran_before_it() {
    let mut report = report();
    let alone = Alone {
        verdict: Verdict::Leaks,
        difference: "both".to_owned(),
    };
    let passed = Outcome {
        failure: None,
        ..failed(25)
    };
    report.add("a", passed, Some(&alone), "sweep");
    let [cause] = &report.causes[..] else {
        panic!("{report:?}")
    };
    assert!(
        cause.cause.starts_with("state leaks from seed to seed"),
        "{}",
        cause.cause
    );
    assert_eq!(
        cause.replay,
        "sweep --seeds 20..+6 --chunk 6 --fresh --filter a"
    );
}
