//! Names are found whatever the order in which they came.

use super::Names;

const NAMES: [&str; 6] = ["root", "db-2", "", "db-10", "db-1", "zoo"];

fn names() -> Names {
    let mut names = Names::default();
    assert!(NAMES.iter().all(|name| names.add(name)));
    names
}

#[test]
fn each_name_leads_to_its_host_and_back() {
    let names = names();
    for (host, name) in (0..).zip(NAMES) {
        assert_eq!(names.find(name), Some(host), "{name:?}");
        assert_eq!(names.of(host), name);
    }
    assert_eq!(names.find("db"), None);
    assert_eq!(names.find("zoos"), None);
}

#[test]
fn a_name_that_a_host_has_is_not_taken_again() {
    let mut names = names();
    assert!(!names.add("db-10"));
    assert_eq!(names.find("db-10"), Some(3));
    assert!(names.add("db-3"));
    assert_eq!(names.find("db-3"), Some(6));
}

#[test]
fn what_is_emptied_knows_no_name() {
    let mut names = names().emptied();
    assert_eq!(names.find("root"), None);
    assert!(names.add("zoo"));
    assert_eq!((names.find("zoo"), names.of(0)), (Some(0), "zoo"));
}
