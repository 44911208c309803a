//! A blob on a simulated disk, beside the images that it had: what is read is the last one, and after
//! a crash each byte is one that it had since the last sync, or a zero where it was written to.

#![no_main]
#![forbid(unsafe_code)]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use runtime_deterministic::{Blob, Crash, Executor, Host};
use runtime_traits::{Blob as _, Runner, Storage};

#[derive(Arbitrary, Debug)]
enum Step {
    /// So many of a byte; `true`: while a sync is under way, which does not cover them.
    Write(u16, u16, u8, bool),
    Truncate(u16),
    Sync,
    Reopen,
    Crash,
}

fuzz_target!(|input: (u64, Vec<Step>)| {
    let (seed, steps) = input;
    let (runner, context, _) = Executor::seeded(seed);
    runner.start(async {
        let host = context.world().host("db", async |_| ()).unwrap();
        let mut blob = open(&host).await;
        let mut images = vec![Vec::new()];
        for step in steps {
            let mut image = images.last().unwrap().clone();
            match step {
                Step::Write(at, len, byte, syncs) => {
                    let bytes = vec![byte; len.into()];
                    let sync = syncs.then(|| blob.sync());
                    blob.write_at(&bytes, at.into()).await.unwrap();
                    if let Some(sync) = sync {
                        sync.await.unwrap();
                        images = vec![image.clone()];
                    }
                    write(&mut image, at.into(), &bytes);
                }
                Step::Truncate(len) => {
                    blob.truncate(len.into()).await.unwrap();
                    image.resize(len.into(), 0);
                }
                Step::Sync => {
                    blob.sync().await.unwrap();
                    images.clear();
                }
                Step::Reopen => blob = open(&host).await,
                Step::Crash => {
                    host.crash(Crash::Silent).unwrap();
                    host.restart().unwrap();
                    blob = open(&host).await;
                    image = read(&blob).await;
                    is_left(&image, &images);
                    assert!(host.partition("data").unwrap()[&b"blob"[..]] == image);
                    images.clear();
                }
            }
            assert!(read(&blob).await == image, "another image is read");
            images.push(image);
        }
    });
});

async fn open(host: &Host<()>) -> Blob {
    host.context().open("data", b"blob").await.unwrap()
}

async fn read(blob: &Blob) -> Vec<u8> {
    let mut image = vec![0; blob.len().await.unwrap() as usize];
    blob.read_at(&mut image, 0).await.unwrap();
    image
}

fn write(image: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    if !bytes.is_empty() {
        image.resize(image.len().max(at + bytes.len()), 0);
        image[at..][..bytes.len()].copy_from_slice(bytes);
    }
}

fn is_left(image: &[u8], before: &[Vec<u8>]) {
    for (at, byte) in image.iter().enumerate() {
        let mut was = before.iter().map(|image| image.get(at));
        let touched = before
            .iter()
            .any(|image| image.get(at) != before[0].get(at));
        assert!(
            was.any(|was| was == Some(byte)) || touched && *byte == 0,
            "byte {at}"
        );
    }
    let lengths = || before.iter().map(Vec::len);
    let possible = lengths().min().unwrap()..=lengths().max().unwrap();
    assert!(possible.contains(&image.len()), "no length that it had");
}
