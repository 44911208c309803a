//! A table behind a log: once the table is synced, the log is cut off.
//!
//! The mistake: a sync that failed is tried again, and the second is `Ok` although the system has
//! dropped what the first did not write. Seen in: PostgreSQL, the "fsyncgate" of 2018, and many more
//! (Rebello et al., "Can Applications Recover from fsync Failures?", 2020).

use runtime_traits::{Blob, Error, Storage};

const PAGE: u64 = 4096;

/// A table of numbers, each in a page of its own.
pub struct Table<S: Storage> {
    disk: S,
    table: S::Blob,
    log: S::Blob,
    /// What the log has: which number is in which place.
    logged: Vec<(u64, u64)>,
}

impl<S: Storage> Table<S> {
    /// Opens the table, and makes up from the log for what a crash took.
    ///
    /// # Errors
    /// What the disk says.
    pub async fn open(disk: S) -> Result<Self, Error> {
        let table = disk.open("db", b"table").await?;
        let log = disk.open("db", b"log").await?;
        let mut bytes = vec![0; log.len().await? as usize];
        log.read_at(&mut bytes, 0).await?;
        let word = |bytes: &[u8]| u64::from_be_bytes(bytes.try_into().expect("eight of them"));
        let records = bytes.chunks_exact(16);
        let logged = records.map(|record| (word(&record[..8]), word(&record[8..])));
        let this = Self {
            disk,
            table,
            log,
            logged: logged.collect(),
        };
        this.replay().await?;
        Ok(this)
    }

    async fn replay(&self) -> Result<(), Error> {
        for (place, number) in &self.logged {
            let bytes = number.to_be_bytes();
            self.table.write_at(&bytes, place * PAGE).await?;
        }
        Ok(())
    }

    /// Puts a number into a place. It is durable once this returns.
    ///
    /// # Errors
    /// What the disk says.
    pub async fn put(&mut self, place: u64, number: u64) -> Result<(), Error> {
        let record = [place.to_be_bytes(), number.to_be_bytes()].concat();
        let end = 16 * self.logged.len() as u64;
        self.log.write_at(&record, end).await?;
        self.log.sync().await?;
        self.logged.push((place, number));
        self.table.write_at(&record[8..], place * PAGE).await
    }

    /// Makes the table durable and empties the log.
    ///
    /// # Errors
    /// What the disk says.
    pub async fn checkpoint(&mut self, fixed: bool) -> Result<(), Error> {
        while self.table.sync().await.is_err() {
            self.table = self.disk.open("db", b"table").await?;
            if fixed {
                self.replay().await?;
            }
        }
        self.logged.clear();
        self.log.truncate(0).await?;
        self.log.sync().await
    }

    /// The number in a place.
    ///
    /// # Errors
    /// What the disk says.
    pub async fn get(&self, place: u64) -> Result<u64, Error> {
        let mut number = [0; 8];
        self.table.read_at(&mut number, place * PAGE).await?;
        Ok(u64::from_be_bytes(number))
    }
}
