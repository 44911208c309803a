//! Faults as text, and what seeds draw.

use super::{FaultKind, Faults, FaultsError};
use crate::{Config, Executor, Ratio};
use runtime_traits::{Clock, Runner};
use std::{collections::BTreeMap, time::Duration};

#[test]
fn every_text_parses_back() {
    let half = Ratio::new(1, 2);
    let times = Faults::drawn()
        .pace(Duration::from_nanos(1))
        .outage(Duration::from_millis(90_001))
        .until(Duration::from_secs(7200));
    let all = [
        (Faults::none(), "none"),
        (
            Faults::none().pace(Duration::from_secs(90)),
            "none pace=90s",
        ),
        (Faults::drawn(), "drawn"),
        (times, "drawn pace=1ns outage=90001ms until=120m"),
        (
            Faults::drawn_from([FaultKind::Cut, FaultKind::Crash]),
            "drawn crash cut",
        ),
        (Faults::drawn_from([]), "none"),
        (
            Faults::of([(FaultKind::Rot, half), (FaultKind::Cut, Ratio::NEVER)]),
            "rot=1/2",
        ),
    ];
    for (faults, text) in all {
        assert_eq!(faults.to_string(), text);
        assert_eq!(text.parse(), Ok(faults));
    }
    assert_eq!(
        Faults::drawn_from([FaultKind::Cut]).without([FaultKind::Cut]),
        Faults::none()
    );
}

#[test]
fn what_is_no_text_of_faults_is_said_to_be_none() {
    let words = [
        "",
        "on",
        "crash",
        "crash=",
        "crash=0/1",
        "crash=2/1",
        "crash=0.5",
        "pace=5",
        "pace=ms",
        "pace=99999999999999999999999999m",
    ];
    for text in words {
        let error = text.parse::<Faults>().unwrap_err();
        let expected = match text {
            "on" => FaultsError::UnknownKind("on".into()),
            word => FaultsError::Word(word.into()),
        };
        assert_eq!(error, expected);
        assert!(error.to_string().contains("crash"), "{error}");
    }
    for (text, word) in [
        ("drawn crash=1/2", "crash=1/2"),
        ("none crash=1/2", "crash=1/2"),
    ] {
        assert_eq!(text.parse::<Faults>(), Err(FaultsError::Word(word.into())));
    }
}

#[test]
fn what_is_said_twice_is_an_error_that_names_it() {
    for (text, word) in [
        ("crash=1/2 crash=1/3", "crash=1/3"),
        ("crash=1/2 cut=1/2 crash=1/2", "crash=1/2"),
        ("drawn crash cut crash", "crash"),
        ("crash=1/2 pace=1s pace=2s", "pace=2s"),
        ("drawn outage=1s outage=1s", "outage=1s"),
        ("drawn until=1s pace=1s until=1ms", "until=1ms"),
    ] {
        let error = text.parse::<Faults>().unwrap_err();
        assert_eq!(error, FaultsError::Twice(word.into()));
        assert!(error.to_string().contains("strikes once"), "{error}");
    }
}

/// Of 10,000 seeds a tenth has none, about a quarter few, and every kind is on in at least a tenth.
#[test]
fn seeds_have_no_faults_few_and_many() {
    let (mut none, mut few, mut on) = (0, 0, BTreeMap::<FaultKind, u32>::new());
    for seed in 0..10_000 {
        let drawn = Faults::drawn().draw(seed);
        none += u32::from(drawn.is_none());
        few += u32::from((1..=3).contains(&drawn.kinds().count()));
        for (kind, _) in drawn.kinds() {
            *on.entry(kind).or_default() += 1;
        }
        assert_eq!(drawn.to_string().parse(), Ok(drawn));
    }
    println!("{none} none, {few} few, {on:?}");
    assert!((900..1_100).contains(&none), "{none}");
    assert!((2_300..3_000).contains(&few), "{few}");
    assert_eq!(on.len(), FaultKind::ALL.len());
    assert!(
        on.values().all(|seeds| (2_800..4_500).contains(seeds)),
        "{on:?}"
    );
}

#[test]
fn what_is_given_of_the_times_is_not_drawn() {
    let [pace, outage, until] = [7, 8, 9].map(Duration::from_millis);
    let given = Faults::drawn().pace(pace).outage(outage).until(until);
    let mut some = 0;
    for seed in 0..50 {
        let drawn = given.draw(seed);
        if !drawn.is_none() {
            let kinds = drawn.kinds().collect::<Vec<_>>();
            let expected = Faults::of(kinds).pace(pace).outage(outage).until(until);
            assert_eq!(drawn, expected);
            some += 1;
        }
        let others = Faults::drawn().draw(seed);
        assert!(
            others.kinds().eq(drawn.kinds()),
            "the kinds do not depend on it"
        );
        assert_ne!(others.pace, Some(pace));
    }
    assert!(some > 30, "{some}");
}

/// Of a majority that is up at any time, and of one host or two at least one is ever struck.
#[test]
fn a_majority_is_up_unless_all_crash_at_once() {
    for (hosts, most) in [(1, 1), (2, 1), (3, 1), (4, 1), (5, 2), (7, 3)] {
        let faults = "pause=1/1 pace=1ms outage=1s".parse().unwrap();
        let (runner, context, _) = Executor::init(Config {
            faults,
            ..Config::default()
        });
        let paused = runner.start(async {
            let names: Vec<_> = (0..hosts).map(|number| format!("host {number}")).collect();
            for name in names {
                let boot = |_| std::future::pending::<()>();
                context.world().host(&name, boot).unwrap();
            }
            let mut paused = 0;
            for _ in 0..2_000 {
                context.sleep(Duration::from_millis(1)).await;
                let down = context.with(|kernel| {
                    let hosts = 1..=hosts;
                    hosts.filter(|host| kernel.paused.contains(*host)).count()
                });
                paused = paused.max(down.unwrap());
            }
            paused
        });
        assert_eq!(paused, most, "of {hosts} hosts");
    }
}
