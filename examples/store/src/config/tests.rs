//! Contradictions are found before anything starts.

use super::Config;
use std::net::SocketAddr;

fn servers(ports: &[u16]) -> Vec<SocketAddr> {
    let address = |port: &u16| SocketAddr::from(([127, 0, 0, 1], *port));
    ports.iter().map(address).collect()
}

#[test]
fn a_server_listens_where_it_is_reached() {
    let config = Config::new(2, servers(&[7001, 7002])).expect("a legal configuration");
    assert_eq!(config.listen.port(), 7002);
}

#[test]
fn an_id_is_a_place_in_the_list() {
    for id in [0, 3] {
        let error = Config::new(id, servers(&[7001, 7002])).expect_err("no such place");
        assert!(error.to_string().contains("from 1 to 2"), "{error}");
    }
}

#[test]
fn a_promotion_reaches_one_that_remembers() {
    let fence = |servers: &[u16], forgetful| {
        let mut config = Config::new(1, self::servers(servers)).expect("a legal configuration");
        config.forgetful = forgetful;
        (config.majority(), config.fence())
    };
    assert_eq!(fence(&[1, 2, 3], 0), (2, 2));
    assert_eq!(fence(&[1, 2, 3], 1), (2, 3));
    assert_eq!(fence(&[1, 2, 3, 4], 0), (3, 3));
    assert_eq!(fence(&[1, 2, 3, 4], 1), (3, 3));
    assert_eq!(fence(&[1, 2, 3, 4, 5], 1), (3, 4));
}

#[test]
fn a_majority_cannot_forget() {
    let mut config = Config::new(1, servers(&[1, 2, 3])).expect("a legal configuration");
    config.forgetful = 2;
    let error = config.check().expect_err("nobody would remember");
    assert!(error.to_string().contains("at most 1 can"), "{error}");
}

#[test]
fn an_address_belongs_to_one_server() {
    let error = Config::new(1, servers(&[7001, 7002, 7001])).expect_err("listed twice");
    assert!(
        error.to_string().contains("127.0.0.1:7001 is listed twice"),
        "{error}"
    );
}
