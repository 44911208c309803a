//! One thing at a time, on simulated hosts. What chance brings about is in the simulation.

mod clients;
mod disk;
mod server;
mod trio;
