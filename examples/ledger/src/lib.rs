//! Payments that count once they are on disk. There is a bug in it.

#![forbid(unsafe_code)]

use runtime_traits::{Blob, Error, Storage};

/// Writes a payment down. Once this returns, the payment counts.
pub async fn pay<S: Storage>(disk: S, payment: &[u8]) -> Result<(), Error> {
    let ledger = disk.open("bank", b"ledger").await?;
    let end = ledger.len().await?;
    ledger.write_at(payment, end).await
}

#[cfg(test)]
mod tests {
    use super::pay;
    use runtime_deterministic::{Context, Crash, simulate};
    use runtime_traits::{Blob, Runner, Storage};

    /// The usual test, on a real disk. It misses the bug: what was written can be read.
    #[test]
    fn what_is_paid_can_be_read() {
        let (runner, context) = runtime_tokio::Executor::default();
        runner.start(async {
            pay(context.clone(), b"5 to Ada").await.unwrap();
            let mut payment = [0; 8];
            let ledger = context.open("bank", b"ledger").await.unwrap();
            ledger.read_at(&mut payment, 0).await.unwrap();
            assert_eq!(&payment, b"5 to Ada");
        });
    }

    /// The same over many seeds, on a machine that loses power.
    #[simulate]
    async fn what_is_paid_survives_a_crash(context: Context) {
        let bank = context.world().host("bank", |disk| pay(disk, b"5 to Ada")).unwrap();
        bank.wait().await.unwrap().unwrap();
        bank.crash(Crash::Reset).unwrap();
        assert_eq!(bank.partition("bank").unwrap()[&b"ledger"[..]], b"5 to Ada");
    }
}
