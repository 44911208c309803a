//! Binding and dialling.

use super::{Backend, Mutant, listener::Listener, sink::Sink, stream::Stream};
use crate::defect::{machines, network, simulation};
use runtime_traits::{Error, Network, SocketConfig};
use std::{io::ErrorKind, net::SocketAddr};

/// The ports of a backend that never takes one back.
const PORTS: usize = 32_767;

impl<C: Backend> Network for Mutant<C> {
    type Listener = Listener<C>;
    type Sink = Sink<C>;
    type Stream = Stream<C>;

    async fn bind(&self, socket: SocketAddr) -> Result<Listener<C>, Error> {
        let flaw = &self.flaw;
        let known = flaw.addresses.lock().unwrap().contains(&socket);
        let refuses = flaw.is_any(&[
            network::an_address_is_free_once_its_listener_is_dropped,
            machines::machines_have_ports_of_their_own,
            machines::the_next_life_binds_the_ports_again,
        ]);
        if known && refuses {
            return Err(Error::BindFailed(socket, ErrorKind::AddrInUse.into()));
        }
        match self.inner.bind(socket).await {
            Ok(inner) => {
                let listener = Listener::new(inner, self.clone());
                flaw.addresses
                    .lock()
                    .unwrap()
                    .insert(runtime_traits::Listener::local_addr(&listener));
                Ok(listener)
            }
            Err(Error::BindFailed(socket, cause))
                if flaw.is(network::a_taken_address_is_bind_failed) =>
            {
                Err(Error::ConnectionFailed(socket, cause))
            }
            Err(error) => flaw.unclosed(network::after_the_end_the_network_is_closed, Err(error)),
        }
    }

    async fn dial_with(
        &self,
        socket: SocketAddr,
        config: &SocketConfig,
    ) -> Result<(Sink<C>, Stream<C>), Error> {
        let flaw = &self.flaw;
        if flaw.is(network::any_number_of_dials_may_be_made) {
            assert!(flaw.count() < PORTS, "the ports are used up");
        }
        let default = SocketConfig::default();
        let heeded = match flaw.is(network::dial_with_heeds_its_configuration) {
            true => &default,
            false => config,
        };
        match self.inner.dial_with(socket, heeded).await {
            Ok((sink, stream)) => {
                if flaw.is(simulation::any_number_of_dials_may_be_answered) {
                    assert!(flaw.count() < PORTS, "the ports are used up");
                }
                let (sink, mut stream) = self.halves(sink, stream);
                stream.limited = config.connect_limit.is_some()
                    && flaw.is(network::a_connect_limit_ends_with_the_dial);
                Ok((sink, stream))
            }
            Err(Error::ConnectionFailed(..))
                if flaw.is(network::dialling_nobody_is_connection_failed) =>
            {
                Err(Error::Closed)
            }
            Err(error) => flaw.unclosed(network::after_the_end_the_network_is_closed, Err(error)),
        }
    }
}

impl<C: Backend> Mutant<C> {
    pub(super) fn halves(&self, sink: C::Sink, stream: C::Stream) -> (Sink<C>, Stream<C>) {
        (
            Sink::new(sink, self.clone()),
            Stream::new(stream, self.clone()),
        )
    }
}
