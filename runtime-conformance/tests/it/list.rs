//! The list names every clause: what is written down is run.

macro_rules! assert_listed {
    ([] $topic:ident $($clause:ident)*) => {{
        let source = include_str!(concat!("../../src/", stringify!($topic), ".rs"));
        let written: Vec<&str> = source
            .lines()
            .filter_map(|line| line.strip_prefix("pub fn ")?.split('<').next())
            .collect();
        let mut listed = vec![$(stringify!($clause)),*];
        listed.sort_by_key(|name| written.iter().position(|clause| clause == name));
        assert_eq!(listed, written, "the clauses of {}", stringify!($topic));
    }};
}

#[test]
fn every_clause_is_in_the_list() {
    runtime_conformance::clauses!(tasks [assert_listed] []);
    runtime_conformance::clauses!(runs [assert_listed] []);
    runtime_conformance::clauses!(neighbours [assert_listed] []);
    runtime_conformance::clauses!(panics [assert_listed] []);
    runtime_conformance::clauses!(time [assert_listed] []);
    runtime_conformance::clauses!(random [assert_listed] []);
    runtime_conformance::clauses!(network [assert_listed] []);
    runtime_conformance::clauses!(connections [assert_listed] []);
    runtime_conformance::clauses!(datagrams [assert_listed] []);
    runtime_conformance::clauses!(resolver [assert_listed] []);
    runtime_conformance::clauses!(storage [assert_listed] []);
    runtime_conformance::clauses!(blobs [assert_listed] []);
    runtime_conformance::clauses!(select [assert_listed] []);
    runtime_conformance::clauses!(simulation [assert_listed] []);
}
