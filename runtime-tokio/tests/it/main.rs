//! The rules of the contract, on real sockets, files and clocks.

mod network;
mod round_trip;
