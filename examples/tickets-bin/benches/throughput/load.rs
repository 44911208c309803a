//! Requests without a pause, over a few connections that stay.

use http::{Request, StatusCode, header};
use http_body_util::{BodyExt, Empty};
use hyper::{body::Bytes, client::conn};
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use tokio::{
    net::TcpStream,
    runtime::{Builder, Runtime},
    task::JoinSet,
};

/// Connections of HTTP/1, and streams of HTTP/2 over a few connections.
const AT_ONCE: usize = 32;
const CONNECTIONS_OF_HTTP2: usize = 4;

#[derive(Clone, Copy, Debug)]
pub(crate) enum Protocol {
    Http1,
    Http2,
}

/// Clients with their connections.
pub(crate) struct Load {
    runtime: Runtime,
    address: SocketAddr,
    path: &'static str,
    senders: Vec<Sender>,
}

enum Sender {
    Http1(conn::http1::SendRequest<Empty<Bytes>>),
    Http2(conn::http2::SendRequest<Empty<Bytes>>),
}

impl Load {
    pub(crate) fn new(address: SocketAddr, protocol: Protocol, path: &'static str) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let senders = runtime.block_on(connect(address, protocol));
        Self {
            runtime,
            address,
            path,
            senders,
        }
    }

    /// Asks for so long. Returns how many answers came, and in what time.
    pub(crate) fn run(&mut self, time: Duration) -> (u64, Duration) {
        let begin = Instant::now();
        let (address, path) = (self.address, self.path);
        let senders = std::mem::take(&mut self.senders);
        let mut requests = 0;
        self.runtime.block_on(async {
            let mut clients = JoinSet::new();
            for mut sender in senders {
                clients.spawn(async move {
                    let mut answers = 0;
                    while begin.elapsed() < time {
                        sender.ask(address, path).await;
                        answers += 1;
                    }
                    (sender, answers)
                });
            }
            while let Some(done) = clients.join_next().await {
                let (sender, answers) = done.unwrap();
                self.senders.push(sender);
                requests += answers;
            }
        });
        (requests, begin.elapsed())
    }
}

async fn connect(address: SocketAddr, protocol: Protocol) -> Vec<Sender> {
    let mut senders = Vec::new();
    match protocol {
        Protocol::Http1 => {
            for _ in 0..AT_ONCE {
                let handshake = conn::http1::handshake(TokioIo::new(dial(address).await));
                let (sender, connection) = handshake.await.unwrap();
                tokio::spawn(connection);
                senders.push(Sender::Http1(sender));
            }
        }
        Protocol::Http2 => {
            for _ in 0..CONNECTIONS_OF_HTTP2 {
                let io = TokioIo::new(dial(address).await);
                let handshake = conn::http2::handshake(TokioExecutor::new(), io);
                let (sender, connection) = handshake.await.unwrap();
                tokio::spawn(connection);
                let streams = AT_ONCE / CONNECTIONS_OF_HTTP2;
                senders.extend((0..streams).map(|_| Sender::Http2(sender.clone())));
            }
        }
    }
    senders
}

async fn dial(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

impl Sender {
    async fn ask(&mut self, address: SocketAddr, path: &str) {
        let request = match self {
            Sender::Http1(_) => Request::get(path).header(header::HOST, address.to_string()),
            Sender::Http2(_) => Request::get(format!("http://{address}{path}")),
        };
        let request = request.body(Empty::new()).unwrap();
        let response = match self {
            Sender::Http1(sender) => {
                sender.ready().await.unwrap();
                sender.send_request(request).await.unwrap()
            }
            Sender::Http2(sender) => {
                sender.ready().await.unwrap();
                sender.send_request(request).await.unwrap()
            }
        };
        assert_eq!(response.status(), StatusCode::OK);
        response.into_body().collect().await.unwrap();
    }
}
