//! Where a connection is cut, and how.

use std::fmt;

/// Ends a connection after so many bytes of one direction. See
/// [`World::cut`](crate::World::cut).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// How many bytes pass before.
    pub after_bytes: u64,
    /// What comes after them, as soon as the last of them was sent.
    pub how: How,
}

/// How a connection is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// The reader reads the bytes, then a clean end, as if a proxy in between had closed. The other
    /// direction goes on, until the writer sends a byte more: then the writer is reset.
    Fin,
    /// The reader reads the bytes, then a reset. The writer is reset as well.
    Rst,
    /// Nothing more passes in this direction, acknowledgements neither, as when a firewall forgets
    /// a connection. Whoever sends is given no answer, and gives up as
    /// [`World::partition`](crate::World::partition) says.
    BlackHole,
}

impl fmt::Display for How {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fin => "a FIN",
            Self::Rst => "a RST",
            Self::BlackHole => "a black hole",
        })
    }
}
