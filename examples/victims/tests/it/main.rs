//! Each victim is caught by its fault, and is not without it, nor once corrected.

mod clocks;
mod hosts;
mod trial;
