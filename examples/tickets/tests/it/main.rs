//! The box office: its visitors on both backends, and in a simulation where much goes wrong.

mod buyers;
mod counter;
mod tls;
mod trouble;
mod visit;
