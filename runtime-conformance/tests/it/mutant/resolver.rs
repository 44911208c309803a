//! Names that lead astray.

use super::{Backend, Mutant};
use crate::defect::resolver;
use runtime_traits::{Error, Resolver};
use std::net::{IpAddr, Ipv4Addr};

const NOBODY: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

impl<C: Backend> Resolver for Mutant<C> {
    async fn resolve(&self, host: &str) -> Result<Vec<IpAddr>, Error> {
        let flaw = &self.flaw;
        let is_text = host.parse::<IpAddr>().is_ok();
        let astray = flaw.is(resolver::an_address_in_text_is_itself) && is_text
            || flaw.is(resolver::localhost_is_this_host) && host == "localhost";
        match self.inner.resolve(host).await {
            Ok(_) if astray => Ok(vec![NOBODY]),
            Err(Error::ResolveFailed(..))
                if flaw.is(resolver::an_unknown_name_is_resolve_failed) =>
            {
                Ok(Vec::new())
            }
            found => flaw.unclosed(resolver::after_the_end_the_resolver_is_closed, found),
        }
    }
}
