//! Connections and datagrams on the loopback interface.

use std::net::{Ipv4Addr, SocketAddr};

pub(crate) fn any_port() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 0).into()
}
