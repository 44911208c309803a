//! Cryptography for simulations: ring's, with all that it leaves to chance drawn from the host's
//! stream. To be copied into the tests of what is simulated, never into a program.
//!
//! What chance decides in TLS 1.3 are random fields, tickets, and the keys that both sides exchange.
//! rustls asks its provider for the first two. The third ring makes for itself and cannot be told how,
//! so there is an exchange here that keeps no secret: what both sides say is the secret. It has a
//! number of private use, and no program in earnest speaks it.
//!
//! Signatures remain: certificates are to have Ed25519 keys, which sign without chance. Leave a
//! server's `ticketer` as it is, off: rustls' own goes by the host's clock.

use runtime_deterministic::Context;
use runtime_traits::{Here, Random};
use rustls::{
    Error, NamedGroup, PeerMisbehaved,
    crypto::{
        ActiveKeyExchange, CryptoProvider, GetRandomFailed, SecureRandom, SharedSecret,
        SupportedKxGroup, ring,
    },
};

/// The provider. It works in tasks of a simulation and nowhere else.
pub(crate) fn provider() -> CryptoProvider {
    CryptoProvider {
        kx_groups: vec![&Open],
        secure_random: &FromTheHost,
        ..ring::default_provider()
    }
}

/// Randomness of the host whose task is polled.
#[derive(Debug)]
struct FromTheHost;

impl SecureRandom for FromTheHost {
    fn fill(&self, buf: &mut [u8]) -> Result<(), GetRandomFailed> {
        let context = Context::here().ok_or(GetRandomFailed)?;
        Random::fill(&context, buf);
        Ok(())
    }
}

/// An exchange of keys in the open: each side says 32 random bytes, and all of them are the secret.
#[derive(Debug)]
struct Open;

impl Open {
    const NAME: NamedGroup = NamedGroup::Unknown(0xfe00);
}

impl SupportedKxGroup for Open {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        let mut said = [0; 32];
        FromTheHost.fill(&mut said)?;
        Ok(Box::new(Said(said)))
    }

    fn name(&self) -> NamedGroup {
        Self::NAME
    }
}

/// What this side says.
struct Said([u8; 32]);

impl ActiveKeyExchange for Said {
    fn complete(self: Box<Self>, peer: &[u8]) -> Result<SharedSecret, Error> {
        let peer: [u8; 32] = peer
            .try_into()
            .map_err(|_| PeerMisbehaved::InvalidKeyShare)?;
        // The same from both sides.
        let mut both = [self.0, peer];
        both.sort_unstable();
        Ok(SharedSecret::from(both.concat()))
    }

    fn pub_key(&self) -> &[u8] {
        &self.0
    }

    fn group(&self) -> NamedGroup {
        Open::NAME
    }
}
