//! Power failures: the writer runs over a layer that forgets what was not synced.
//!
//! The layer is a library that the dynamic linker puts before the system's (`unsynced.c`), because
//! it sees the syncs that the program makes in fact, needs no rights and no device, and fails at
//! any moment. `cc`, which Rust links with, builds it.

use super::{
    kill_at_random,
    script::Contents,
    writer::{TASKS, Writer, check, contents},
};
use std::{
    fs::{self, File},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::Command,
    sync::LazyLock,
};
use tempfile::TempDir;

static LAYER: LazyLock<(TempDir, PathBuf)> = LazyLock::new(|| {
    let directory = TempDir::new().unwrap();
    let library = directory.path().join("unsynced.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/crash/unsynced.c");
    let built = Command::new("cc")
        .args(["-shared", "-fPIC", "-pthread", "-o"])
        .args([&library, Path::new(source)])
        .status();
    assert!(built.expect("cc is there, Rust links with it").success());
    (directory, library)
});

/// A directory over the layer, and what it keeps.
struct Machine {
    home: TempDir,
    /// Open, so that no new file gets their numbers.
    _pinned: Vec<File>,
}

impl Machine {
    fn new() -> Self {
        let home = TempDir::new().unwrap();
        fs::create_dir(home.path().join("kept")).unwrap();
        fs::create_dir(home.path().join("top")).unwrap();
        let _pinned = Vec::new();
        Self { home, _pinned }
    }

    fn top(&self) -> PathBuf {
        self.home.path().canonicalize().unwrap().join("top")
    }

    fn kept(&self) -> PathBuf {
        self.home.path().join("kept")
    }

    fn start(&self, seed: u64, lost: Option<&str>) -> Writer {
        let top = self.top();
        let environment = [
            ("LD_PRELOAD", LAYER.1.as_path()),
            ("TOP", &top),
            ("KEPT", &self.kept()),
            ("LOST", Path::new(lost.unwrap_or_default())),
        ];
        Writer::start(&top.join("data"), seed, &environment)
    }

    /// The machine after its power came back: it has what was synced.
    fn restart(self) -> Self {
        let mut next = Self::new();
        let number = fs::metadata(self.top()).unwrap().ino();
        rebuild(&self.kept(), number, &next.top());
        let (kept, top) = (next.kept(), next.top());
        keep(&kept, &top, &mut next._pinned);
        next
    }
}

/// Makes in `directory` what was kept of the directory with this number.
fn rebuild(kept: &Path, number: u64, directory: &Path) {
    let listing = fs::read_to_string(kept.join(number.to_string())).unwrap_or_default();
    for line in listing.lines() {
        let fields: Vec<&str> = line.split(' ').collect();
        let [name, number, kind] = fields[..] else {
            panic!("{line}");
        };
        let path = directory.join(name);
        if kind == "d" {
            fs::create_dir(&path).unwrap();
            rebuild(kept, number.parse().unwrap(), &path);
        } else {
            // Never synced, it is there and empty.
            let bytes = fs::read(kept.join(number)).unwrap_or_default();
            fs::write(path, bytes).unwrap();
        }
    }
}

/// Keeps what there is at `path` as synced.
fn keep(kept: &Path, path: &Path, pinned: &mut Vec<File>) {
    let file = File::open(path).unwrap();
    let number = file.metadata().unwrap().ino();
    pinned.push(file);
    let bytes = if path.is_dir() {
        let mut listing = String::new();
        for entry in fs::read_dir(path).unwrap() {
            let entry = entry.unwrap();
            keep(kept, &entry.path(), pinned);
            let kind = if entry.path().is_dir() { 'd' } else { 'f' };
            let name = entry.file_name().into_string().unwrap();
            let number = entry.metadata().unwrap().ino();
            listing.push_str(&format!("{name} {number} {kind}\n"));
        }
        listing.into_bytes()
    } else {
        fs::read(path).unwrap()
    };
    fs::write(kept.join(number.to_string()), bytes).unwrap();
}

/// What was lost or damaged over `times` power failures.
fn failures(times: u64, lost: Option<&str>) -> Result<(), String> {
    let mut rng = fastrand::Rng::new();
    let mut machine = Machine::new();
    let mut before: [Contents; TASKS] = Default::default();
    for _ in 0..times {
        let seed = rng.u64(..);
        let mut writer = machine.start(seed, lost);
        for _ in 0..20 {
            assert!(writer.hear(), "the writer ended by itself");
        }
        let done = kill_at_random(writer, &mut rng);
        machine = machine.restart();
        let found = contents(&machine.top().join("data"));
        check(seed, &before, done, &found)?;
        before = found;
    }
    Ok(())
}

#[test]
fn what_was_acknowledged_survives_power_failures() {
    failures(10, None).unwrap();
}

#[test]
#[ignore = "takes a minute: cargo test -p runtime-tokio --test it -- --ignored a_hundred_power_failures"]
fn what_was_acknowledged_survives_a_hundred_power_failures() {
    failures(100, None).unwrap();
}

/// The layer forgets these, too: the syncs of files, of partitions, of the directory that holds
/// them, and of the one that holds that.
#[test]
fn without_any_one_kind_of_sync_something_is_lost() {
    for kind in ["f", "2", "1", "0"] {
        let lost = failures(10, Some(kind));
        assert!(
            lost.is_err(),
            "nothing is lost without the syncs of kind {kind}"
        );
    }
}
