//! Who has which seat. It knows no protocol, no runtime and no clock: it is told the time.

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use std::{fmt, time::Duration};

/// How long a seat is held.
pub const HOLD: Duration = Duration::from_secs(10 * 60);

/// The seats of a hall, numbered from 1 on.
#[derive(Debug)]
pub(crate) struct Hall {
    places: Vec<Place>,
}

#[derive(Clone, Debug)]
enum Place {
    Free,
    Held { by: String, until: Duration },
    Sold { by: String },
}

/// What everybody may know of a seat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// Its number.
    pub seat: u32,
    /// What has become of it.
    pub state: State,
    /// Who holds it or has bought it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// What has become of a seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Nobody has it.
    Free,
    /// Somebody may buy it.
    Held,
    /// Somebody has bought it.
    Sold,
}

/// Why somebody does not get a seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The hall has no such seat.
    NoSuchSeat,
    /// Another holds it.
    Held,
    /// Another has bought it.
    Sold,
    /// Who wants to buy it does not hold it, or no longer.
    NotHeld,
}

impl Hall {
    pub(crate) fn new(seats: u32) -> Self {
        let places = vec![Place::Free; seats as usize];
        Self { places }
    }

    /// All seats in their order.
    pub(crate) fn seats(&self, now: Duration) -> Vec<Seat> {
        (1..)
            .zip(&self.places)
            .map(|(seat, place)| place.show(seat, now))
            .collect()
    }

    pub(crate) fn seat(&self, seat: u32, now: Duration) -> Result<Seat, Refusal> {
        let place = place(seat).and_then(|place| self.places.get(place));
        Ok(place.ok_or(Refusal::NoSuchSeat)?.show(seat, now))
    }

    /// Holds a seat from now on. Who holds it already holds it longer.
    pub(crate) fn hold(&mut self, seat: u32, by: &str, now: Duration) -> Result<(), Refusal> {
        let place = self.place(seat)?;
        match place {
            Place::Sold { .. } => Err(Refusal::Sold),
            Place::Held { by: holder, until } if holder != by && now < *until => Err(Refusal::Held),
            _ => {
                let (by, until) = (by.to_owned(), now + HOLD);
                *place = Place::Held { by, until };
                Ok(())
            }
        }
    }

    /// Sells a seat to its holder, and says whether that is news: to sell it to its owner once more
    /// changes nothing.
    pub(crate) fn buy(&mut self, seat: u32, by: &str, now: Duration) -> Result<bool, Refusal> {
        let place = self.place(seat)?;
        match place {
            Place::Sold { by: owner } if owner == by => Ok(false),
            Place::Sold { .. } => Err(Refusal::Sold),
            Place::Held { by: holder, until } if holder == by && now < *until => {
                *place = Place::Sold { by: by.to_owned() };
                Ok(true)
            }
            _ => Err(Refusal::NotHeld),
        }
    }

    fn place(&mut self, seat: u32) -> Result<&mut Place, Refusal> {
        let place = place(seat).and_then(|place| self.places.get_mut(place));
        place.ok_or(Refusal::NoSuchSeat)
    }
}

fn place(seat: u32) -> Option<usize> {
    Some(seat.checked_sub(1)? as usize)
}

impl Place {
    fn show(&self, seat: u32, now: Duration) -> Seat {
        let (state, by) = match self {
            Place::Sold { by } => (State::Sold, Some(by.clone())),
            Place::Held { by, until } if now < *until => (State::Held, Some(by.clone())),
            _ => (State::Free, None),
        };
        Seat { seat, state, by }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoSuchSeat => "there is no such seat: GET /seats lists them",
            Self::Held => "another holds this seat: try again in ten minutes, or take another",
            Self::Sold => "this seat is sold: take another",
            Self::NotHeld => "you do not hold this seat, or no longer: hold it first",
        })
    }
}

impl std::error::Error for Refusal {}
