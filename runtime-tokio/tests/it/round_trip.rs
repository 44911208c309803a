//! Everything once, as one program uses it.

use crate::network::any_port;
use runtime_tokio::{Config, Context, Executor, Threads};
use runtime_traits::{
    Blob, Clock, Error, Listener, Network, Runner, Runtime, Sink, Spawner, Stream,
};
use std::time::Duration;

/// Stores what a peer sent, and answers with what is stored.
async fn serve<R: Runtime>(runtime: R, mut listener: R::Listener) -> Result<(), Error> {
    let (_, mut sink, mut stream) = listener.accept().await?;
    let mut message = [0; 4];
    stream.recv(&mut message).await?;
    let blob = runtime.open("messages", b"first").await?;
    blob.write_at(&message, 0).await?;
    blob.sync().await?;
    let mut stored = [0; 4];
    blob.read_at(&mut stored, 0).await?;
    sink.send(&stored).await?;
    sink.close().await
}

async fn talk(context: &Context) -> Result<[u8; 4], Error> {
    let listener = context.bind(any_port()).await?;
    let address = listener.local_addr();
    let server = context.spawn("server", serve(context.clone(), listener));
    let talk = async {
        let (mut sink, mut stream) = context.dial(address).await?;
        sink.send(b"ping").await?;
        let mut answer = [0; 4];
        stream.recv(&mut answer).await?;
        let mut rest = [0];
        assert_eq!(stream.recv_some(&mut rest).await, Ok(0));
        Ok(answer)
    };
    let answer = context.timeout(Duration::from_secs(60), talk).await??;
    server.await??;
    Ok(answer)
}

#[test]
fn a_message_is_stored_and_answered_on_every_flavour() {
    for threads in [Threads::Current, Threads::PerCore, Threads::Workers(1)] {
        let mut config = Config::default();
        config.threads = threads;
        let (runner, context) = Executor::init(config);
        let answer = runner.start(talk(&context));
        assert_eq!(answer.as_ref(), Ok(b"ping"), "{threads:?}");
    }
}
