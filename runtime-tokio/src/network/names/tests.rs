//! What the system may say of a name.

use super::each_once;
use std::net::IpAddr;

#[test]
fn an_address_that_is_named_twice_is_one() {
    let [one, two, three] = [1, 2, 3].map(|last| IpAddr::from([10, 0, 0, last]));
    let found = each_once([two, one, two, two, three, one].into_iter());
    assert_eq!(found, [two, one, three]);
}
