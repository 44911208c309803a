//! Sites and knobs of libraries.

use super::{ms, run};
use runtime_deterministic::{FaultKind, Faults, Ratio};
use runtime_traits::{Buggify, Clock};

fn buggify() -> Faults {
    Faults::of([(FaultKind::Buggify, Ratio::new(1, 4))])
}

/// What a site answers, asked so often.
fn answers(seed: u64, faults: Faults, also: &'static [&'static str]) -> Vec<bool> {
    let (answers, _) = run(seed, faults, async |context, _| {
        let mut answers = Vec::new();
        for _ in 0..40 {
            for other in also {
                context.buggify(other);
            }
            answers.push(context.buggify("site"));
        }
        answers
    });
    answers
}

#[test]
fn a_quarter_of_the_seeds_has_a_site_active_and_it_misbehaves_as_often_as_is_set() {
    let (mut active, mut struck) = (0, 0);
    for seed in 0..1000 {
        let often = answers(seed, buggify(), &[])
            .iter()
            .filter(|bad| **bad)
            .count();
        active += usize::from(often > 0);
        struck += often;
    }
    assert!((200..300).contains(&active), "{active} of 1000 seeds");
    let expected = active * 40 / 4;
    assert!(
        struck.abs_diff(expected) < expected / 10,
        "{struck}, not {expected}"
    );
}

#[test]
fn one_site_more_moves_no_other() {
    for seed in 0..50 {
        let alone = answers(seed, buggify(), &[]);
        assert_eq!(answers(seed, buggify(), &["other", "another"]), alone);
    }
}

#[test]
fn sites_are_each_active_in_other_seeds() {
    let active = |site| {
        let seeds = 0..200;
        let asks = move |seed: &u64| {
            let always = Faults::of([(FaultKind::Buggify, Ratio::ALWAYS)]);
            run(*seed, always, async |context, _| context.buggify(site)).0
        };
        seeds.filter(asks).collect::<Vec<u64>>()
    };
    assert_ne!(active("one"), active("other"));
}

#[test]
fn without_the_kind_a_site_is_false_a_knob_its_default_and_no_event_tells() {
    let state = |asks: bool| {
        let (_, auditor) = run(3, Faults::none(), async |context, _| {
            context.sleep(ms(1)).await;
            if asks {
                assert!(!(0..100).any(|_| context.buggify("site")));
                assert_eq!(context.knob("knob", 64, 1..=4), 64);
            }
        });
        auditor.state()
    };
    assert_eq!(state(true), state(false));
}

#[test]
fn a_knob_is_one_value_of_a_run_and_extreme_in_a_quarter_of_them() {
    let mut turned = Vec::new();
    for seed in 0..400 {
        let (value, _) = run(seed, buggify(), async |context, _| {
            let value = context.knob("knob", 64, 1..=10);
            context.sleep(ms(1)).await;
            assert_eq!(context.knob("knob", 64, 1..=10), value);
            value
        });
        if value != 64 {
            assert!((1..=10).contains(&value), "{value}");
            turned.push(value);
        }
    }
    assert!((70..130).contains(&turned.len()), "{turned:?}");
    for bound in [1, 10] {
        assert!(turned.iter().filter(|value| **value == bound).count() > 15);
    }
    assert!(turned.contains(&5));
}

#[test]
fn the_whole_range_of_a_knob_is_allowed_and_an_empty_one_too() {
    let all = Faults::of([(FaultKind::Buggify, Ratio::ALWAYS)]);
    for seed in 0..20 {
        run(seed, all.clone(), async |context, _| {
            context.knob("wide", 0, 0..=u64::MAX);
            #[expect(clippy::reversed_empty_ranges, reason = "a user's mistake")]
            let empty = context.knob("empty", 5, 5..=4);
            assert_eq!(empty, 5);
        });
    }
}

#[test]
fn a_site_that_misbehaves_and_a_knob_that_is_turned_are_events() {
    let state = |faults: Faults, what: &str| {
        let (_, auditor) = run(3, faults, async |context, _| match what {
            // Of these one is active.
            "site" => ["a", "b", "c", "d", "e", "f", "g", "h"]
                .map(|site| context.buggify(site))
                .contains(&true),
            "knob" => ["a", "b", "c", "d", "e", "f", "g", "h"]
                .map(|knob| context.knob(knob, 64, 1..=4))
                .iter()
                .any(|value| *value != 64),
            _ => true,
        });
        auditor.state()
    };
    let always = || Faults::of([(FaultKind::Buggify, Ratio::ALWAYS)]);
    let quiet = state(always(), "nothing");
    assert_eq!(quiet, state(Faults::none(), "nothing"));
    assert_ne!(state(always(), "site"), quiet);
    assert_ne!(state(always(), "knob"), quiet);
    assert_ne!(state(always(), "knob"), state(always(), "site"));
}

#[test]
fn where_all_is_calm_sites_behave_and_knobs_stay() {
    for seed in 0..50 {
        let always = Faults::of([(FaultKind::Buggify, Ratio::ALWAYS)]);
        run(seed, always, async |context, world| {
            let knob = context.knob("knob", 64, 1..=4);
            world.calm();
            assert!(!context.buggify("site"), "seed {seed}");
            assert_eq!(context.knob("knob", 64, 1..=4), knob, "seed {seed}");
        });
    }
}
