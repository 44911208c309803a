//! Adapters in both directions, by themselves, in simulation, and under the libraries they are for.

mod bounds;
mod codec;
mod connection;
mod error;
mod forward;
mod recorder;
mod round_trip;
mod sides;
mod split;
mod websocket;
