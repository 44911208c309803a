//! A log as a file.

use super::{
    Log, PayloadHash,
    encoding::{Decoder, Encoder, Malformed},
    scene::{Scene, Task},
};
use std::io::{self, Read, Write};
use twox_hash::XxHash3_128;

const MAGIC: &[u8; 8] = b"\x89SIMLOG\n";
/// The form of what follows, and with it the encoding of events.
const VERSION: u64 = 1;
/// Magic, version, and how long the body is; a hash of the body follows it.
const HEADER: usize = 24;

/// Why a file is no log that can be read.
#[non_exhaustive]
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// It cannot be read at all.
    #[error("the log cannot be read: {0}")]
    Io(#[from] io::Error),
    /// It does not begin as a log does.
    #[error("this is no log of a simulation: use a file that Log::write or SIM_RECORD wrote")]
    Foreign,
    /// Another version of the simulator wrote it.
    #[error("this is a log of version {0}, and only version 1 is read: record it anew")]
    Version(u64),
    /// Its end is missing.
    #[error("the log breaks off: its writer did not finish; record it anew")]
    Truncated,
    /// It is not what was written.
    #[error("the log is damaged: it is not what was written; record it anew")]
    Damaged,
}

impl From<Malformed> for LogError {
    fn from(_: Malformed) -> Self {
        Self::Damaged
    }
}

impl Log {
    /// Writes it, for [`read`](Self::read).
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write(&self, mut to: impl Write) -> io::Result<()> {
        let mut body = Encoder::new(PayloadHash::default());
        self.encode(&mut body);
        let body = body.parts().concat();
        to.write_all(MAGIC)?;
        to.write_all(&VERSION.to_le_bytes())?;
        to.write_all(&(body.len() as u64).to_le_bytes())?;
        to.write_all(&body)?;
        to.write_all(&XxHash3_128::oneshot(&body).to_le_bytes())?;
        to.flush()
    }

    /// Reads what [`write`](Self::write) wrote.
    ///
    /// ```
    /// use runtime_deterministic::{Config, Executor, Log, LogError, Record};
    /// use runtime_traits::{Clock, Runner};
    ///
    /// let mut config = Config::default();
    /// config.record = Record::All;
    /// let (runner, context, auditor) = Executor::init(config);
    /// runner.start(async move { context.sleep(std::time::Duration::from_secs(1)).await });
    /// let log = auditor.log().unwrap();
    /// let mut file = Vec::new();
    /// log.write(&mut file).unwrap();
    /// assert_eq!(Log::read(&file[..]).unwrap(), *log);
    /// assert!(matches!(Log::read(&file[1..]), Err(LogError::Foreign)));
    /// ```
    ///
    /// # Errors
    /// [`LogError`], which says what to do.
    pub fn read(mut from: impl Read) -> Result<Self, LogError> {
        let mut file = Vec::new();
        from.read_to_end(&mut file)?;
        if !file.starts_with(&MAGIC[..MAGIC.len().min(file.len())]) {
            return Err(LogError::Foreign);
        }
        let Some((header, rest)) = file.split_first_chunk::<HEADER>() else {
            return Err(LogError::Truncated);
        };
        let mut header = decoder(&header[MAGIC.len()..]);
        let version = header.number()?;
        if version != VERSION {
            return Err(LogError::Version(version));
        }
        let len = usize::try_from(header.number()?).map_err(|_| LogError::Truncated)?;
        let Some((body, hash)) = rest.split_at_checked(len) else {
            return Err(LogError::Truncated);
        };
        if hash.len() < 16 {
            return Err(LogError::Truncated);
        }
        if hash != XxHash3_128::oneshot(body).to_le_bytes() {
            return Err(LogError::Damaged);
        }
        let mut body = decoder(body);
        let log = Self::decode(&mut body)?;
        log.check()?;
        match body.rest {
            [] => Ok(log),
            _ => Err(LogError::Damaged),
        }
    }

    fn encode(&self, to: &mut Encoder) {
        let Scene {
            index,
            now,
            polled,
            hosts,
            tasks,
            marks: _,
            spawned: _,
        } = &self.head;
        to.number((self.hash == PayloadHash::Sha256).into());
        to.number(*index);
        to.number(*now);
        to.number(optional(*polled));
        list(to, hosts, |to, host| to.whole(host.as_bytes()));
        list(to, tasks, |to, task| {
            to.number(task.host.into());
            to.whole(task.label.as_bytes());
            to.number(optional(task.site));
        });
        list(to, &self.outside, |to, index| to.number(*index));
        list(to, &self.sites, |to, site| to.number((*site).into()));
        list(to, &self.places, |to, place| to.whole(place.as_bytes()));
        to.whole(&self.bytes);
    }

    fn decode(from: &mut Decoder<'_>) -> Result<Self, Malformed> {
        let hash = match from.number()? {
            0 => PayloadHash::Xxh3,
            1 => PayloadHash::Sha256,
            _ => return Err(Malformed),
        };
        let head = Scene {
            index: from.number()?,
            now: from.number()?,
            polled: present(from.number()?)?,
            hosts: taken(from, text)?,
            tasks: taken(from, |from| {
                Ok(Task {
                    host: small(from.number()?)?,
                    label: text(from)?,
                    site: present(from.number()?)?,
                })
            })?,
            marks: 0,
            spawned: 0,
        };
        Ok(Self {
            head,
            hash,
            outside: taken(from, Decoder::number)?,
            sites: taken(from, |from| small(from.number()?))?,
            places: taken(from, text)?,
            bytes: from.whole()?.to_vec(),
        })
    }
}

fn decoder(rest: &[u8]) -> Decoder<'_> {
    let hash = PayloadHash::default();
    Decoder { rest, hash }
}

fn list<'a, T: 'a, I: IntoIterator<Item = &'a T, IntoIter: ExactSizeIterator>>(
    to: &mut Encoder,
    items: I,
    put: impl Fn(&mut Encoder, &T),
) {
    let items = items.into_iter();
    to.number(items.len() as u64);
    items.for_each(|item| put(to, item));
}

fn taken<'a, T, C: FromIterator<T>>(
    from: &mut Decoder<'a>,
    take: impl Fn(&mut Decoder<'a>) -> Result<T, Malformed>,
) -> Result<C, Malformed> {
    (0..from.number()?).map(|_| take(from)).collect()
}

fn text(from: &mut Decoder<'_>) -> Result<String, Malformed> {
    String::from_utf8(from.whole()?.to_vec()).map_err(|_| Malformed)
}

fn small(number: u64) -> Result<u32, Malformed> {
    u32::try_from(number).map_err(|_| Malformed)
}

fn optional(number: Option<u32>) -> u64 {
    number.map_or(0, |number| u64::from(number) + 1)
}

fn present(number: u64) -> Result<Option<u32>, Malformed> {
    number.checked_sub(1).map(small).transpose()
}
