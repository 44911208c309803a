//! Names and their addresses. No clause asks a name server for a name that exists.

use crate::outside::block_on;
use runtime_traits::{Error, Resolver, Runner};
use std::net::{Ipv4Addr, Ipv6Addr};

/// An address in text is itself.
pub fn an_address_in_text_is_itself<R: Runner, C: Resolver>((runner, context): (R, C)) {
    runner.start(async {
        let v4 = context.resolve("192.0.2.7").await;
        assert_eq!(v4, Ok(vec![Ipv4Addr::new(192, 0, 2, 7).into()]));
        let v6 = context.resolve("::1").await;
        assert_eq!(v6, Ok(vec![Ipv6Addr::LOCALHOST.into()]));
    });
}

/// `localhost` is this host: loopback addresses, at least one.
pub fn localhost_is_this_host<R: Runner, C: Resolver>((runner, context): (R, C)) {
    runner.start(async {
        let found = context
            .resolve("localhost")
            .await
            .expect("every host has it");
        assert!(
            !found.is_empty() && found.iter().all(|ip| ip.is_loopback()),
            "{found:?}"
        );
    });
}

/// An unknown name is [`Error::ResolveFailed`] with this name.
pub fn an_unknown_name_is_resolve_failed<R: Runner, C: Resolver>((runner, context): (R, C)) {
    runner.start(async {
        // RFC 6761 keeps `.invalid` free of names.
        let name = "no-such-host.invalid";
        match context.resolve(name).await {
            Err(Error::ResolveFailed(named, _)) => assert_eq!(named, name),
            other => panic!("expected ResolveFailed, got {other:?}"),
        }
    });
}

/// After the end resolving is [`Error::Closed`].
pub fn after_the_end_the_resolver_is_closed<R: Runner, C: Resolver>((runner, context): (R, C)) {
    runner.start(async {});
    assert_eq!(block_on(context.resolve("localhost")), Err(Error::Closed));
}
