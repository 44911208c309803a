//! A download: its length, then its bytes, then the end of the connection.
//!
//! The mistake: the end of the connection is taken for the end of the file. Seen in: Python's
//! requests, which did not compare what came with the `Content-Length` (psf/requests#4956, 2019).

use runtime_traits::{Error, Listener, Network, Sink, Stream};
use std::{io::ErrorKind, net::SocketAddr};

/// Sends `file` to whoever dials.
///
/// # Errors
/// What the listener says.
pub async fn serve<N: Network>(
    context: N,
    socket: SocketAddr,
    file: &'static [u8],
) -> Result<(), Error> {
    let mut listener = context.bind(socket).await?;
    loop {
        let (_, mut sink, _stream) = listener.accept().await?;
        let whole = [&(file.len() as u64).to_be_bytes(), file].concat();
        // Who hangs up may dial again.
        let _ = sink.send(&whole).await;
    }
}

/// The file.
///
/// # Errors
/// What the connection says.
pub async fn fetch<N: Network>(
    context: &N,
    server: SocketAddr,
    fixed: bool,
) -> Result<Vec<u8>, Error> {
    let (_sink, mut stream) = context.dial(server).await?;
    let mut len = [0; 8];
    stream.recv(&mut len).await?;
    let (mut file, mut part) = (Vec::new(), [0; 512]);
    loop {
        match stream.recv_some(&mut part).await? {
            0 => break,
            received => file.extend(&part[..received]),
        }
    }
    if fixed && file.len() as u64 != u64::from_be_bytes(len) {
        return Err(Error::RecvFailed(ErrorKind::UnexpectedEof.into()));
    }
    Ok(file)
}
