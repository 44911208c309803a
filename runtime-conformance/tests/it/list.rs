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
    runtime_conformance::clauses!(each [assert_listed] []);
}
