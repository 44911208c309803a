//! The names of the defects: one for each clause, made from the same list.

/// A defect is called as the clause that must find it.
pub(crate) type Defect = &'static str;

pub(crate) const NONE: Defect = "none";

macro_rules! defects {
    ([] $topic:ident $($clause:ident)*) => {
        pub(crate) mod $topic {
            $(pub(crate) const $clause: super::Defect = stringify!($clause);)*
        }
    };
}

runtime_conformance::clauses!(each [defects] []);
