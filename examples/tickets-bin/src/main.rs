//! `tickets`: the example box office over TCP, until Ctrl-C or SIGTERM. Both protocols of HTTP, and
//! gRPC, are spoken on one port.
//!
//! ```text
//! cargo build --release -p tickets-bin && PATH=target/release:$PATH
//! tickets --listen 127.0.0.1:8080 --seats 100 &
//! curl 127.0.0.1:8080/seats/7
//! curl --http2-prior-knowledge 127.0.0.1:8080/seats/7
//! curl -X PUT --json '{"by": "ada"}' 127.0.0.1:8080/seats/7/hold
//! curl -X PUT --json '{"by": "ada"}' 127.0.0.1:8080/seats/7/sale
//! wrk -t 1 -c 32 -d 5 http://127.0.0.1:8080/seats/7
//! h2load -t 1 -c 4 -m 8 -D 5 http://127.0.0.1:8080/seats/7
//! ```
//!
//! Over TLS, with the certificate of this repository's tests, which is secret to nobody:
//!
//! ```text
//! pem=examples/tickets/tests/it/tls
//! tickets --listen 127.0.0.1:8443 --certificate $pem/certificate.pem --key $pem/key.pem &
//! curl --cacert $pem/certificate.pem https://localhost:8443/seats/7
//! curl --cacert $pem/certificate.pem --http1.1 https://localhost:8443/seats/7
//! ```

#![forbid(unsafe_code)]

use anyhow::Context as _;
use clap::Parser;
use runtime_tokio::{Config, Context, Executor};
use runtime_traits::{Listener, Network, Runner};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use std::{net::SocketAddr, path::PathBuf, process::ExitCode, sync::Arc};
use tickets::tls::{self, Time};

/// A box office that sells the seats of a hall, over HTTP and gRPC.
#[derive(Parser)]
#[command(name = "tickets")]
struct Arguments {
    /// Where to listen; with port 0 the system chooses one.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// How many seats the hall has.
    #[arg(long, default_value = "100")]
    seats: u32,
    /// A certificate and those that vouch for it, in PEM: all connections are over TLS then.
    #[arg(long, requires = "key")]
    certificate: Option<PathBuf>,
    /// The key of the certificate, in PEM.
    #[arg(long, requires = "certificate")]
    key: Option<PathBuf>,
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tickets: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> anyhow::Result<()> {
    let mut config = Config::default();
    config.stop_on_signals = true;
    let (runner, context) = Executor::try_init(config)?;
    let tls = secured(&context, &arguments)?;
    let Arguments { listen, seats, .. } = arguments;
    runner.start(async {
        let tcp = context.bind(listen).await?;
        let address = tcp.local_addr();
        eprintln!("{seats} seats on {address}, Ctrl-C closes the office");
        match tls {
            Some(tls) => {
                let listener = tls::Listener::new(context.clone(), tcp, tls);
                tickets::serve_at(context, listener, seats).await
            }
            None => tickets::serve_at(context, tcp, seats).await,
        }
    })?;
    Ok(())
}

/// What TLS needs, if it is asked for.
fn secured(context: &Context, arguments: &Arguments) -> anyhow::Result<Option<Arc<ServerConfig>>> {
    let (Some(certificate), Some(key)) = (&arguments.certificate, &arguments.key) else {
        return Ok(None);
    };
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect)
        .with_context(|| format!("no certificate in {}", certificate.display()))?;
    let key = PrivateKeyDer::from_pem_file(key)
        .with_context(|| format!("no key in {}", key.display()))?;
    let provider = ring::default_provider().into();
    let time = Arc::new(Time(context.clone()));
    let builder = ServerConfig::builder_with_details(provider, time);
    let mut config = builder
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Some(Arc::new(config)))
}
