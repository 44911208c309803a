//! One bound for a library that needs everything.

use crate::{Buggify, Clock, Network, Random, Resolver, Spawner, Storage};

/// Every capability at once. Implemented for every type that has them all.
///
/// [`Datagrams`](crate::Datagrams) is not among them: few libraries need it, and some backends
/// cannot offer it.
pub trait Runtime: Spawner + Clock + Random + Network + Resolver + Storage + Buggify {}

impl<T: Spawner + Clock + Random + Network + Resolver + Storage + Buggify> Runtime for T {}
