//! The office over TLS: with cryptography of the seed, equal seeds give equal runs; with a stock
//! provider order and time are the seed's, and bytes are not.
//!
//! `certificate.pem` and its key are Ed25519, whose signatures have no chance in them and one length.
//! They are secret to nobody.

mod libraries;
mod office;
mod provider;

use runtime_traits::Clock;
use rustls::{
    ClientConfig, RootCertStore, ServerConfig,
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use std::sync::Arc;
use tickets::tls::Time;

const CERTIFICATE: &[u8] = include_bytes!("certificate.pem");
const KEY: &[u8] = include_bytes!("key.pem");

fn certificate() -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(CERTIFICATE).unwrap()
}

fn server(clock: impl Clock, provider: CryptoProvider) -> Arc<ServerConfig> {
    let key = PrivateKeyDer::from_pem_slice(KEY).unwrap();
    let builder = ServerConfig::builder_with_details(provider.into(), Arc::new(Time(clock)));
    let builder = builder.with_safe_default_protocol_versions().unwrap();
    let builder = builder.with_no_client_auth();
    Arc::new(builder.with_single_cert(vec![certificate()], key).unwrap())
}

fn client(clock: impl Clock, provider: CryptoProvider) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(certificate()).unwrap();
    let builder = ClientConfig::builder_with_details(provider.into(), Arc::new(Time(clock)));
    let builder = builder.with_safe_default_protocol_versions().unwrap();
    Arc::new(builder.with_root_certificates(roots).with_no_client_auth())
}
