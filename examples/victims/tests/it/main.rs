//! Each victim is caught by its fault, and is not without it, nor once corrected.

mod clocks;
mod disks;
mod hosts;
mod links;
mod sites;
mod trial;
