//! Reading 4 KiB of a blob that lies in the page cache: this backend, and a bare `pread`
//! in a program on tokio.

use runtime_tokio::{Config, Executor, Threads};
use runtime_traits::{Blob, Runner, Storage};
use std::{
    hint::black_box,
    io::Write,
    os::unix::fs::FileExt,
    time::{Duration, Instant},
};
use tokio::runtime::Builder;

const LEN: usize = 4096;

/// Where bytes are read to. The system copies to an unaligned place up to twice as long, and where a
/// plain array comes to lie is chance. On the stack of who measures, for both.
#[repr(align(4096))]
struct Page([u8; LEN]);

pub(crate) fn ours(reads: u64) -> Duration {
    let mut config = Config::default();
    config.threads = Threads::Current;
    let (runner, context) = Executor::init(config);
    let mut page = Page([0; LEN]);
    runner.start(async {
        let blob = context.open("bench", b"blob").await.unwrap();
        blob.write_at(&[7; LEN], 0).await.unwrap();
        let begin = Instant::now();
        for _ in 0..reads {
            blob.read_at(black_box(&mut page.0), 0).await.unwrap();
        }
        begin.elapsed()
    })
}

/// As ours does, it opens a file with a name on a thread that is there still: the system takes longer
/// for the files of a process with several threads, and less long for a file without a name.
pub(crate) fn by_hand(reads: u64) -> Duration {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let mut page = Page([0; LEN]);
    runtime.block_on(async {
        let opened = tokio::task::spawn_blocking(|| {
            let mut file = tempfile::NamedTempFile::new().unwrap();
            file.write_all(&[7; LEN]).unwrap();
            file
        });
        let file = opened.await.unwrap();
        let begin = Instant::now();
        for _ in 0..reads {
            file.as_file()
                .read_exact_at(black_box(&mut page.0), 0)
                .unwrap();
        }
        begin.elapsed()
    })
}
