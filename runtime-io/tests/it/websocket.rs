//! WebSocket over an adapter, with tokio's traits and with futures': the handshake, frames, the close.

use crate::sides::{audited, numbers, real, simulated};
use futures::{Sink, SinkExt, Stream, StreamExt};
use runtime_deterministic::{Context, Simulation, simulate};
use std::fmt::Debug;
use tokio_tungstenite::tungstenite::{Error, Message};

/// What either library makes of a connection.
trait Socket: Stream<Item = Result<Message, Error>> + Sink<Message, Error: Debug> + Unpin {}

impl<T> Socket for T where
    T: Stream<Item = Result<Message, Error>> + Sink<Message, Error: Debug> + Unpin
{
}

/// Sends back what it is sent, until the other side closes.
async fn echo(mut socket: impl Socket) {
    while let Some(message) = socket.next().await {
        let message = message.unwrap();
        if message.is_text() || message.is_binary() {
            socket.send(message).await.unwrap();
        }
    }
}

/// Returns all that came back, the answer to its close included.
async fn talk(mut socket: impl Socket) -> Vec<Message> {
    let mut received = Vec::new();
    for message in [
        Message::text("hello"),
        Message::binary(numbers(200_000)),
        Message::Ping("there?".into()),
        Message::binary(vec![]),
    ] {
        socket.send(message).await.unwrap();
        received.push(socket.next().await.unwrap().unwrap());
    }
    socket.send(Message::Close(None)).await.unwrap();
    while let Some(message) = socket.next().await {
        received.push(message.unwrap());
    }
    received
}

fn all_that_comes_back() -> Vec<Message> {
    vec![
        Message::text("hello"),
        Message::binary(numbers(200_000)),
        Message::Pong("there?".into()),
        Message::binary(vec![]),
        Message::Close(None),
    ]
}

macro_rules! library {
    ($module:ident, $library:ident, $($read:tt)*) => {
        mod $module {
            use super::*;
            use ::$library::{accept_async, client_async};

            async fn serve(io: impl $($read)* + Unpin) {
                echo(accept_async(io).await.unwrap()).await;
            }

            async fn ask(io: impl $($read)* + Unpin) -> Vec<Message> {
                let (socket, response) = client_async("ws://server/", io).await.unwrap();
                assert_eq!(response.status(), 101);
                talk(socket).await
            }

            /// Not `#[simulate]`: a sweep runs seeds twice and finds the masks.
            #[test]
            fn a_conversation_between_hosts() {
                simulate(Simulation::default(), async |context| {
                    let received = simulated(&context, serve, ask).await;
                    assert!(received == all_that_comes_back());
                });
            }

            #[test]
            fn a_conversation_over_sockets() {
                assert!(real(serve, ask) == all_that_comes_back());
            }

            /// Masks and keys are of the library's own choosing, their number is not.
            #[test]
            fn two_runs_of_a_seed_differ_in_masks_alone() {
                for seed in 0..20 {
                    let run = || audited(seed, serve, |_, io| ask(io));
                    let ((received, state, work), (again, other, same)) = (run(), run());
                    assert!(received == again);
                    assert_eq!(work, same);
                    assert_ne!(state, other, "masks are of the seed now: say so in the docs");
                }
            }
        }
    };
}

library!(
    over_tokios_traits,
    tokio_tungstenite,
    tokio::io::AsyncRead + tokio::io::AsyncWrite
);
library!(
    over_futures_traits,
    async_tungstenite,
    futures::io::AsyncRead + futures::io::AsyncWrite
);

/// What a server says is not masked, and the key may be the seed's.
mod unmasked {
    use super::*;
    use crate::sides::Simulated;
    use runtime_traits::Random;
    use tokio_tungstenite::{
        accept_async, client_async,
        tungstenite::{
            error::ProtocolError,
            http::{Request, header::SEC_WEBSOCKET_KEY},
        },
    };

    async fn tell(io: Simulated) {
        let mut socket = accept_async(io).await.unwrap();
        for len in [1, 100, 100_000] {
            socket.send(Message::binary(numbers(len))).await.unwrap();
        }
        let end = socket.next().await.unwrap().unwrap_err();
        let gone = Error::Protocol(ProtocolError::ResetWithoutClosingHandshake);
        assert_eq!(end.to_string(), gone.to_string());
    }

    async fn listen(context: Context, io: Simulated) {
        let request = Request::get("ws://server/")
            .header("Host", "server")
            .header("Connection", "Upgrade")
            .header("Upgrade", "websocket")
            .header("Sec-WebSocket-Version", "13")
            .header(SEC_WEBSOCKET_KEY, format!("{:021x}A==", context.next_u64()));
        let request = request.body(()).unwrap();
        let (mut socket, _) = client_async(request, io).await.unwrap();
        for len in [1, 100, 100_000] {
            let message = socket.next().await.unwrap().unwrap();
            assert!(message == Message::binary(numbers(len)));
        }
    }

    #[test]
    fn what_a_server_says_is_of_the_seed() {
        for seed in 0..20 {
            assert_eq!(audited(seed, tell, listen), audited(seed, tell, listen));
        }
    }
}
