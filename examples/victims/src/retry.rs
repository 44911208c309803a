//! Payments that are asked for again until they are answered.
//!
//! The mistake: a connection that ends before the answer says nothing about the payment, and the
//! bank takes it again. Seen in: jetcd 0.8.2, whose retries ran transactions twice when a server was
//! killed (Jepsen, 2024).

use crate::call::{Calls, ask};
use runtime_traits::{Blob, Clock, Error, Network, Storage};
use std::{net::SocketAddr, time::Duration};

/// Pays, and tries again until the bank has said that it was paid.
pub async fn pay<R: Network + Clock>(context: &R, bank: SocketAddr, id: u64, amount: u64) {
    while ask(context, bank, [id, amount, 0]).await.is_err() {
        context.sleep(Duration::from_millis(10)).await;
    }
}

/// The bank: it writes each payment down and syncs before it answers.
///
/// # Errors
/// What its disk and its listener say.
pub async fn serve<R: Network + Clock + Storage>(
    context: R,
    socket: SocketAddr,
    fixed: bool,
) -> Result<(), Error> {
    let blob = context.open("bank", b"ledger").await?;
    let mut ledger = read(&blob).await?;
    let mut calls = Calls::bind(&context, socket).await?;
    loop {
        let call = calls.next().await?;
        let [id, amount, _] = call.question;
        let is_known = fixed && ledger.iter().any(|(known, _)| *known == id);
        if !is_known {
            let record = [id.to_be_bytes(), amount.to_be_bytes()].concat();
            blob.write_at(&record, 16 * ledger.len() as u64).await?;
            blob.sync().await?;
            ledger.push((id, amount));
        }
        call.answer([1, 0, 0]).await;
    }
}

/// What was paid: by which payment, and how much.
///
/// # Errors
/// What the disk says.
pub async fn read(blob: &impl Blob) -> Result<Vec<(u64, u64)>, Error> {
    let mut bytes = vec![0; blob.len().await? as usize];
    blob.read_at(&mut bytes, 0).await?;
    let word = |bytes: &[u8]| u64::from_be_bytes(bytes.try_into().expect("eight of them"));
    let records = bytes.chunks_exact(16);
    Ok(records
        .map(|record| (word(&record[..8]), word(&record[8..])))
        .collect())
}
