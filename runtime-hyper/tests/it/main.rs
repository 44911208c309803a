//! hyper on both backends: what is said there and back, and what goes wrong on the way.

mod app;
mod exchange;
mod faults;
mod halves;
mod races;
mod times;
