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

runtime_conformance::clauses!(tasks [defects] []);
runtime_conformance::clauses!(runs [defects] []);
runtime_conformance::clauses!(panics [defects] []);
runtime_conformance::clauses!(time [defects] []);
runtime_conformance::clauses!(random [defects] []);
runtime_conformance::clauses!(network [defects] []);
runtime_conformance::clauses!(connections [defects] []);
runtime_conformance::clauses!(datagrams [defects] []);
runtime_conformance::clauses!(resolver [defects] []);
runtime_conformance::clauses!(storage [defects] []);
runtime_conformance::clauses!(blobs [defects] []);
runtime_conformance::clauses!(select [defects] []);
runtime_conformance::clauses!(neighbours [defects] []);
runtime_conformance::clauses!(simulation [defects] []);
