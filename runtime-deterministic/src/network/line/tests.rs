//! What crosses a line, and how long it takes.

use super::{Gate, Hand, LATENCY, Line, Lines, Loss, QUEUE};
use crate::{
    FaultKind, Ratio,
    network::{Cut, How, Setting},
};
use std::ops::RangeInclusive;

const SECOND: u64 = 1_000_000_000;

/// Dice that nobody is to throw.
fn none(range: RangeInclusive<u64>) -> u64 {
    unreachable!("of {range:?} nothing is to be drawn")
}

fn highest(range: RangeInclusive<u64>) -> u64 {
    *range.end()
}

fn line(settings: impl IntoIterator<Item = Setting>) -> Line {
    let mut line = Line::new(5..=5);
    for setting in settings {
        line.set(setting);
    }
    line
}

#[test]
fn a_line_that_nobody_touched_has_the_usual_latency() {
    let mut lines = Lines::default();
    assert_eq!(lines.cross([1, 1], 0, 9, &mut highest), Ok(0));
    assert_eq!(lines.cross([1, 2], 0, 9, &mut highest), Ok(*LATENCY.end()));
    assert_eq!(lines.delay(1, 2, &mut highest), *LATENCY.end());
    assert!(lines.are_untouched());
    lines.line(1, 2);
    assert!(!lines.are_untouched());
    assert_eq!(lines.cross([1, 2], 0, 9, &mut highest), Ok(*LATENCY.end()));
    lines.line(1, 1);
    assert_eq!(lines.cross([1, 1], 0, 9, &mut highest), Ok(0));
}

#[test]
fn a_round_trip_is_of_what_gets_through_and_is_no_fault() {
    let mut lines = Lines::default();
    let dice = &mut highest;
    let usual = *LATENCY.end();
    assert_eq!(lines.round_trip([1, 2], 0, dice), Some(2 * usual));
    lines.line(1, 2).set(Setting::Latency(7..=7));
    assert_eq!(lines.round_trip([1, 2], 0, dice), Some(7 + usual));
    assert_eq!(lines.round_trip([2, 1], 0, dice), Some(7 + usual));
    lines.line(1, 2).set(Setting::Loss(Ratio::ALWAYS));
    assert_eq!(lines.round_trip([1, 2], 0, dice), None);
    assert_eq!(lines.round_trip([2, 1], 0, dice), Some(7 + usual));
    lines.line(1, 2).set(Setting::Loss(Ratio::NEVER));
    lines.line(1, 2).hold(Hand::Test, true);
    assert_eq!(lines.round_trip([1, 2], 0, dice), None, "it waits");
    lines.line(1, 2).part(Hand::Test, FaultKind::Partition);
    assert_eq!(lines.round_trip([1, 2], 0, dice), None);
    assert!(lines.fired().counts().is_empty());
}

#[test]
fn a_direction_is_parted_and_held_alone_until_it_heals() {
    let mut lines = Lines::default();
    let dice = &mut highest;
    lines.line(1, 2).hold(Hand::Test, true);
    assert_eq!(lines.gate(1, 2), Gate::Held);
    lines.line(1, 2).part(Hand::Test, FaultKind::Partition);
    assert_eq!(lines.gate(1, 2), Gate::Parted);
    assert_eq!(lines.cross([1, 2], 0, 1, dice), Err(Loss::Parted));
    assert_eq!(lines.gate(2, 1), Gate::Open);
    lines.line(1, 2).cut = Some(Cut {
        after_bytes: 1,
        how: How::Fin,
    });
    lines.line(1, 2).set(Setting::Latency(7..=7));
    lines.heal();
    assert_eq!(lines.gate(1, 2), Gate::Open);
    assert_eq!(lines.line(1, 2).cut, None);
    assert_eq!(lines.cross([1, 2], 0, 1, dice), Ok(7), "settings stay");
}

/// What the test parted it alone joins, and what the nemesis parted twice is to be joined twice.
#[test]
fn a_direction_is_parted_until_each_that_parted_it_joins() {
    let parts = [
        (Hand::Test, FaultKind::Partition),
        (Hand::Nemesis, FaultKind::Partition),
        (Hand::Nemesis, FaultKind::OneWay),
    ];
    for last in parts {
        let mut line = line([]);
        parts
            .iter()
            .for_each(|(hand, kind)| line.part(*hand, *kind));
        for (hand, kind) in parts.into_iter().filter(|part| *part != last) {
            line.join(hand, kind);
            assert_eq!(line.gate(), Gate::Parted, "{last:?} is left");
        }
        line.join(last.0, last.1);
        assert_eq!(line.gate(), Gate::Open);
    }
}

#[test]
fn bytes_queue_for_the_wire() {
    let mut line = line([Setting::Bandwidth(1000)]);
    let dice = &mut none;
    assert_eq!(line.cross(0, 500, dice), Ok(SECOND / 2 + 5));
    assert_eq!(line.cross(0, 250, dice), Ok(SECOND * 3 / 4 + 5));
    // The wire is free for a while.
    assert_eq!(line.cross(SECOND, 100, dice), Ok(SECOND / 10 + 5));
}

#[test]
fn a_datagram_that_finds_the_queue_full_is_lost() {
    let mut line = line([Setting::Bandwidth(1000)]);
    let fits = QUEUE as usize;
    assert!(line.cross_datagram(0, fits, &mut highest).is_ok());
    assert!(line.cross_datagram(0, 1, &mut highest).is_ok());
    assert_eq!(line.cross_datagram(0, 1, &mut highest), Err(Loss::Full));
    assert!(line.cross(0, 1, &mut highest).is_ok(), "streams wait");
    assert!(line.cross_datagram(SECOND, 1, &mut highest).is_ok());
}

#[test]
fn what_is_set_is_drawn_and_what_is_certain_is_not() {
    let half = Ratio::new(1, 2);
    let dice = &mut |range: RangeInclusive<u64>| *range.start();
    assert_eq!(
        line([Setting::Loss(half)]).cross(0, 1, dice),
        Err(Loss::Chance)
    );
    assert_eq!(line([Setting::Loss(half)]).cross(0, 1, &mut highest), Ok(5));
    assert_eq!(
        line([Setting::Tail(half, 10..=20)]).cross(0, 1, dice),
        Ok(15)
    );
    assert_eq!(
        line([Setting::Tail(half, 10..=20)]).cross(0, 1, &mut highest),
        Ok(5)
    );
    let certain = [
        Setting::Loss(Ratio::NEVER),
        Setting::Duplicate(Ratio::ALWAYS),
        Setting::Tail(Ratio::ALWAYS, 10..=10),
        Setting::Reorder(Ratio::ALWAYS, 100..=100),
    ];
    let mut line = line(certain);
    let dice = &mut none;
    assert_eq!(line.cross_datagram(0, 1, dice), Ok((115, Some(15))));
    assert_eq!(line.cross(0, 1, dice), Ok(15), "a stream is not reordered");
}
