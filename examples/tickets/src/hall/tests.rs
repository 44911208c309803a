//! The rules of the hall, by a clock that the test turns.

use super::*;

const START: Duration = Duration::from_secs(86_400);

#[test]
fn a_seat_is_held_and_then_sold_to_its_holder() {
    let mut hall = Hall::new(2);
    assert_eq!(hall.buy(2, "ada", START), Err(Refusal::NotHeld));
    assert_eq!(hall.hold(2, "ada", START), Ok(()));
    assert_eq!(hall.hold(2, "bob", START), Err(Refusal::Held));
    assert_eq!(hall.buy(2, "bob", START), Err(Refusal::NotHeld));
    assert_eq!(hall.buy(2, "ada", START), Ok(true));
    assert_eq!(hall.hold(2, "bob", START), Err(Refusal::Sold));
    assert_eq!(hall.buy(2, "bob", START), Err(Refusal::Sold));
    let by = |by: &str| Some(by.to_owned());
    let seat = |seat, state, by| Seat { seat, state, by };
    let all = [seat(1, State::Free, None), seat(2, State::Sold, by("ada"))];
    assert_eq!(hall.seats(START), all);
}

#[test]
fn what_is_sent_again_does_what_it_did() {
    let mut hall = Hall::new(1);
    assert_eq!(hall.hold(1, "ada", START), Ok(()));
    assert_eq!(hall.hold(1, "ada", START), Ok(()));
    assert_eq!(hall.buy(1, "ada", START), Ok(true));
    assert_eq!(hall.buy(1, "ada", START), Ok(false));
}

#[test]
fn a_hold_ends_after_ten_minutes_unless_it_is_made_again() {
    let mut hall = Hall::new(1);
    let minutes = |minutes: u64| START + Duration::from_secs(60 * minutes);
    hall.hold(1, "ada", START).unwrap();
    hall.hold(1, "ada", minutes(5)).unwrap();
    assert_eq!(hall.seat(1, minutes(14)).unwrap().state, State::Held);
    assert_eq!(hall.hold(1, "bob", minutes(14)), Err(Refusal::Held));
    assert_eq!(hall.seat(1, minutes(15)).unwrap().state, State::Free);
    assert_eq!(hall.buy(1, "ada", minutes(15)), Err(Refusal::NotHeld));
    assert_eq!(hall.hold(1, "bob", minutes(15)), Ok(()));
}

#[test]
fn there_are_no_other_seats() {
    let mut hall = Hall::new(1);
    for seat in [0, 2, u32::MAX] {
        assert_eq!(hall.seat(seat, START), Err(Refusal::NoSuchSeat));
        assert_eq!(hall.hold(seat, "ada", START), Err(Refusal::NoSuchSeat));
        assert_eq!(hall.buy(seat, "ada", START), Err(Refusal::NoSuchSeat));
    }
}
