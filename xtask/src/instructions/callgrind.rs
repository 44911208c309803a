//! One run of a program under callgrind, and the sums of what it wrote.
//!
//! Knows callgrind's format: <https://valgrind.org/docs/manual/cl-format.html>.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// Functions that allocate, by whatever way they are called from the program.
const ALLOCATES: &[&str] = &[
    "malloc",
    "calloc",
    "realloc",
    "posix_memalign",
    "aligned_alloc",
];
/// In the names of the functions that are not counted.
const UNCOUNTED: &str = "sha2::";

/// Of a whole run.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// Instructions in the program's own file, but for SHA-256.
    pub(super) own: u64,
    /// Instructions in all other files.
    pub(super) system: u64,
    /// Calls of the allocator by the program.
    pub(super) allocations: u64,
}

pub(super) fn is_installed() -> bool {
    let version = Command::new("valgrind")
        .arg("--version")
        .stdout(Stdio::null())
        .status();
    version.is_ok_and(|status| status.success())
}

/// Runs `program` once with so many operations of a workload.
pub(super) fn count(
    program: &Path,
    folder: &Path,
    workload: &str,
    operations: u64,
    scale: u64,
) -> Result<Counts> {
    let written = folder.join(format!("{workload}-{operations}.callgrind"));
    let output = Command::new("valgrind")
        .arg("--tool=callgrind")
        .arg(format!("--callgrind-out-file={}", written.display()))
        .arg(program)
        .args([workload, &operations.to_string(), &scale.to_string(), "1"])
        .output()
        .context("cannot start valgrind")?;
    let printed = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() || !printed.starts_with("measured: ") {
        let errors = String::from_utf8_lossy(&output.stderr);
        bail!(
            "{} {workload} does not run under valgrind:\n{printed}{errors}",
            program.display()
        );
    }
    sum(&written, program)
}

/// Sums what callgrind wrote of a run of `program`.
fn sum(written: &Path, program: &Path) -> Result<Counts> {
    let written_to = written.display();
    let text = fs::read_to_string(written).with_context(|| format!("cannot read {written_to}"))?;
    // Valgrind names the file that a path leads to, behind every symbolic link.
    let object =
        fs::canonicalize(program).with_context(|| format!("cannot find {}", program.display()))?;
    let object = object.to_string_lossy();
    let counts = Counts::of(&text, &object);
    if counts.own == 0 {
        bail!(
            "{written_to} counts no instruction of {object}. Its lines `ob=` name the files that it does \
             count: if one of them is the program under another path, set CARGO_TARGET_DIR to a folder \
             by that path"
        );
    }
    Ok(counts)
}

/// Names that are written out once and from then on by their numbers.
#[derive(Default)]
struct Names<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> Names<'a> {
    /// The name that `(12) name` gives to a number, or that `(12)` had given before.
    fn resolve(&mut self, text: &'a str) -> &'a str {
        let Some((number, name)) = text.split_once(')') else {
            return text;
        };
        if !name.is_empty() {
            self.0.insert(number, name.trim_start());
        }
        self.0.get(number).copied().unwrap_or_default()
    }
}

impl Counts {
    /// Sums a file of callgrind's; `program` is the program that ran, as callgrind names it.
    fn of(text: &str, program: &str) -> Self {
        let (mut functions, mut objects) = (Names::default(), Names::default());
        let (mut function, mut object, mut called) = ("", "", "");
        let mut inclusive = false;
        let mut counts = Self::default();
        for line in text.lines() {
            if let Some(name) = line.strip_prefix("ob=") {
                object = objects.resolve(name);
            } else if let Some(name) = line.strip_prefix("cob=") {
                objects.resolve(name);
            } else if let Some(name) = line.strip_prefix("fn=") {
                function = functions.resolve(name);
            } else if let Some(name) = line.strip_prefix("cfn=") {
                called = functions.resolve(name);
            } else if let Some(calls) = line.strip_prefix("calls=") {
                if object == program && ALLOCATES.contains(&called) {
                    let number = calls.split(' ').next().map(str::parse);
                    counts.allocations += number.and_then(Result::ok).unwrap_or(0);
                }
                // The next line is what the calls cost, which the called functions have too.
                inclusive = true;
            } else if line
                .starts_with(|first: char| first.is_ascii_digit() || "+-*".contains(first))
            {
                let cost = line.rsplit(' ').next().map(str::parse);
                let cost: u64 = cost.and_then(Result::ok).unwrap_or(0);
                if std::mem::take(&mut inclusive) || function.contains(UNCOUNTED) {
                    continue;
                }
                *(if object == program {
                    &mut counts.own
                } else {
                    &mut counts.system
                }) += cost;
            }
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    //! Cut from what callgrind 3.19 writes.

    use super::{Counts, sum};
    use std::fs;

    const WRITTEN: &str = "\
events: Ir
summary: 1160

ob=(1) /bin/program
fl=(1) src/lib.rs
fn=(1) program::main
10 5
+1 7
cob=(2) /lib/libc.so.6
cfi=(2) malloc.c
cfn=(2) malloc
calls=3 100
* 90
-1 8
cfn=(3) sha2::sha256::compress256
calls=1 7
* 1000

fn=(3)
7 1000

ob=(2)
fl=(2)
fn=(2)
100 60
cfn=(4) _int_malloc
calls=3 200
* 30

fn=(4)
200 30
cfn=(2)
calls=1 100
* 30
";

    #[test]
    fn own_instructions_those_of_libraries_and_allocations_are_told_apart() {
        let counts = Counts::of(WRITTEN, "/bin/program");
        let expected = Counts {
            own: 5 + 7 + 8,
            system: 60 + 30,
            allocations: 3,
        };
        assert_eq!(counts, expected);
    }

    #[cfg(unix)]
    #[test]
    fn a_program_is_known_behind_a_symbolic_link() {
        let folder = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(folder.path()).unwrap();
        let (real, link) = (root.join("real"), root.join("link"));
        fs::create_dir(&real).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        let program = real.join("program");
        fs::write(&program, "").unwrap();
        let written = root.join("a-1.callgrind");
        let text = WRITTEN.replace("/bin/program", &program.to_string_lossy());
        fs::write(&written, text).unwrap();
        let counts = sum(&written, &link.join("program")).unwrap();
        assert_eq!((counts.own, counts.allocations), (20, 3));
    }

    #[test]
    fn a_program_of_which_nothing_is_counted_is_an_error_that_says_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let written = folder.path().join("a-1.callgrind");
        let program = folder.path().join("program");
        fs::write(&program, "").unwrap();
        fs::write(&written, WRITTEN).unwrap();
        let error = sum(&written, &program).unwrap_err().to_string();
        assert!(error.contains("counts no instruction of"), "{error}");
        assert!(error.contains("set CARGO_TARGET_DIR"), "{error}");
    }
}
