//! hyper on both backends: what is said there and back, and what goes wrong on the way.

mod app;
mod bounds;
mod dials;
mod exchange;
mod failure;
mod faults;
mod features;
mod halves;
mod lending;
mod pool;
mod races;
mod retries;
mod scene;
mod shutdown;
mod timer;
mod times;
mod upgrades;
mod wire;
