//! Serves a run's metrics over HTTP until Ctrl-C or SIGTERM.
//!
//! ```sh
//! cargo run -p runtime-tokio --example metrics -- 127.0.0.1:9464 &
//! curl http://127.0.0.1:9464/metrics
//! ```

#![forbid(unsafe_code)]

use futures::future::{Either, select};
use runtime_tokio::{Config, Context, Executor, Listener};
use runtime_traits::{Clock, Error, Listener as _, Network, Runner, Sink, Spawner, Stream};
use std::{env, net::SocketAddr, process::ExitCode, time::Duration};

/// How long a client may take, and how much it may ask.
const LIMIT: Duration = Duration::from_secs(5);
const LONGEST: usize = 8 * 1024;

fn main() -> ExitCode {
    let address = env::args().nth(1).and_then(|address| address.parse().ok());
    let Some(address): Option<SocketAddr> = address else {
        eprintln!("say where to listen, as in: metrics 127.0.0.1:9464");
        return ExitCode::FAILURE;
    };
    let mut config = Config::default();
    config.stop_on_signals = true;
    let (runner, context) = Executor::init(config);
    let served = runner.start(async {
        let listener = context.bind(address).await?;
        println!("http://{}/metrics", listener.local_addr());
        let server = context.spawn("http", serve(context.clone(), listener));
        server.await
    });
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cannot serve on {address}: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Answers each connection in a task of its own, until the run is stopped.
pub(crate) async fn serve(context: Context, mut listener: Listener) {
    let mut stopped = context.stopped();
    while let Either::Left((Ok((_, sink, stream)), _)) =
        select(listener.accept(), &mut stopped).await
    {
        let clock = context.clone();
        let answer = answer(context.clone(), sink, stream);
        drop(context.spawn("request", async move { clock.timeout(LIMIT, answer).await }));
    }
}

async fn answer(
    context: Context,
    mut sink: impl Sink,
    mut stream: impl Stream,
) -> Result<(), Error> {
    let mut request = Vec::new();
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        let mut bytes = [0; 1024];
        let len = stream.recv_some(&mut bytes).await?;
        request.extend_from_slice(&bytes[..len]);
        if len == 0 || request.len() > LONGEST {
            return Ok(());
        }
    }
    let (status, body) = match request.starts_with(b"GET /metrics ") {
        true => ("200 OK", context.metrics().text()),
        false => ("404 Not Found", "try /metrics\n".to_owned()),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\n\
         Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8\r\n\
         Content-Length: {}\r\n\
         Connection: close\r\n\r\n",
        body.len()
    );
    sink.send(head.as_bytes()).await?;
    sink.send(body.as_bytes()).await?;
    sink.close().await
}
