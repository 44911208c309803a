//! TLS over either library's traits: what is said arrives, and a side that is cut off notices.

use super::{client, provider::provider, server};
use runtime_deterministic::{Context, Cut, Executor, How, State};
use runtime_io::Io;
use runtime_traits::{Clock, Listener, Network, Runner};
use std::{io::ErrorKind, net::SocketAddr, time::Duration};

type Plain = Io<runtime_deterministic::Sink, runtime_deterministic::Stream>;

/// How many bytes the server says: more than a record holds, and than a pipe.
const LEN: usize = 100_000;
const QUESTION: &[u8] = b"how many?";

/// Two hosts and a connection; what the client makes of it, and the run's state.
fn conversation<S, C>(
    seed: u64,
    cut: Option<Cut>,
    serve: fn(Context, Plain) -> S,
    ask: fn(Context, Plain) -> C,
) -> (C::Output, State)
where
    S: Future<Output = ()> + Send + 'static,
    C: Future,
{
    let (runner, context, auditor) = Executor::seeded(seed);
    let output = runner.start(async {
        let host = context
            .world()
            .host("server", move |context: Context| async move {
                let socket = SocketAddr::new(context.addr(), 443);
                let mut listener = context.bind(socket).await.unwrap();
                let (_, sink, stream) = listener.accept().await.unwrap();
                serve(context, Io::new(sink, stream)).await;
            });
        let host = host.unwrap();
        if let Some(cut) = cut {
            context.world().cut("server", "root", cut).unwrap();
        }
        context.sleep(Duration::from_millis(1)).await;
        let dialled = context.dial(SocketAddr::new(host.addr(), 443)).await;
        ask(context.clone(), Io::from(dialled.unwrap())).await
    });
    (output, auditor.state())
}

/// Bytes that tell where they are.
fn numbers() -> Vec<u8> {
    (0..LEN).map(|place| (place % 251) as u8).collect()
}

macro_rules! library {
    ($module:ident, $library:ident, $io:ident, $close:ident) => {
        mod $module {
            use super::*;
            use ::$io::io::{AsyncReadExt, AsyncWriteExt};
            use ::$library::{TlsAcceptor, TlsConnector};

            async fn serve(context: Context, io: Plain) {
                let acceptor = TlsAcceptor::from(server(context, provider()));
                // A client that is cut off leaves nobody to say goodbye to.
                let Ok(mut tls) = acceptor.accept(io).await else {
                    return;
                };
                let mut question = [0; QUESTION.len()];
                if tls.read_exact(&mut question).await.is_ok() {
                    let _ = tls.write_all(&numbers()).await;
                }
                let _ = tls.$close().await;
            }

            /// How many bytes come, all of them right, or how it ends.
            async fn ask(context: Context, io: Plain) -> Result<usize, ErrorKind> {
                let connector = TlsConnector::from(client(context, provider()));
                let name = "tickets".try_into().unwrap();
                let mut tls = connector
                    .connect(name, io)
                    .await
                    .map_err(|error| error.kind())?;
                tls.write_all(QUESTION)
                    .await
                    .map_err(|error| error.kind())?;
                tls.flush().await.map_err(|error| error.kind())?;
                let mut heard = Vec::new();
                let end = tls.read_to_end(&mut heard).await;
                assert!(numbers().starts_with(&heard));
                end.map_err(|error| error.kind())
            }

            #[test]
            fn what_is_said_arrives_and_equal_seeds_give_equal_runs() {
                for seed in 0..50 {
                    let run = conversation(seed, None, serve, ask);
                    assert_eq!(run.0, Ok(LEN));
                    assert_eq!(run, conversation(seed, None, serve, ask), "seed {seed}");
                }
            }

            /// A truncated conversation is never taken for a whole one.
            #[test]
            fn a_connection_that_ends_early_is_an_error() {
                for after_bytes in (0..2_000).step_by(97).chain([50_000, LEN as u64]) {
                    for (how, kind) in [
                        (How::Fin, ErrorKind::UnexpectedEof),
                        (How::Rst, ErrorKind::ConnectionReset),
                    ] {
                        let cut = Cut { after_bytes, how };
                        let (heard, _) = conversation(1, Some(cut), serve, ask);
                        assert_eq!(heard, Err(kind), "{cut:?}");
                    }
                }
            }
        }
    };
}

library!(over_tokios_traits, tokio_rustls, tokio, shutdown);
library!(over_futures_traits, futures_rustls, futures, close);
