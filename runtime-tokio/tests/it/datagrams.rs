//! Messages on the loopback interface.

use crate::{network::any_port, run};
use runtime_traits::{Datagram, Datagrams, Error};
use std::io::ErrorKind;

#[test]
fn datagrams_go_both_ways_and_keep_their_borders() {
    run(async |context| {
        let one = context.bind_datagram(any_port()).await.unwrap();
        let two = context.bind_datagram(any_port()).await.unwrap();
        let taken = Error::BindFailed(one.local_addr(), ErrorKind::AddrInUse.into());
        assert_eq!(
            context.bind_datagram(one.local_addr()).await.err(),
            Some(taken)
        );
        one.send_to(b"first", two.local_addr()).await.unwrap();
        one.send_to(b"", two.local_addr()).await.unwrap();
        let mut buf = [0; 3];
        assert_eq!(two.recv_from(&mut buf).await, Ok((3, one.local_addr())));
        assert_eq!(&buf, b"fir");
        assert_eq!(two.recv_from(&mut buf).await, Ok((0, one.local_addr())));
        two.send_to(b"back", one.local_addr()).await.unwrap();
        assert_eq!(one.recv_from(&mut [0; 8]).await, Ok((4, two.local_addr())));
        let huge = vec![0; 1 << 20];
        let refused = two.send_to(&huge, one.local_addr()).await;
        let too_long = Error::SendFailed(ErrorKind::InvalidInput.into());
        assert_eq!(refused, Err(too_long));
    });
}
