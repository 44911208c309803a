//! The tracked files of the workspace and its packages, read once for all rules.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::syntax::Syntax;
use crate::workspace::Workspace;

#[derive(Debug, Default)]
pub(super) struct Checkout {
    pub(super) workspace: Workspace,
    pub(super) files: Vec<File>,
}

#[derive(Debug)]
pub(super) struct File {
    /// Relative to the root, with `/`.
    pub(super) path: String,
    pub(super) bytes: usize,
    /// Empty when the file is not text.
    pub(super) text: String,
    /// Of a Rust file; the error has the line where its tokens end to make sense.
    pub(super) syntax: Option<Result<Syntax, usize>>,
}

impl Checkout {
    pub(super) fn load() -> Result<Self> {
        let workspace = Workspace::load()?;
        let files = tracked(&workspace.root)?
            .into_iter()
            // A file that is deleted but not yet committed as such is gone.
            .filter(|path| workspace.root.join(path).is_file())
            .map(|path| {
                let content = fs::read(workspace.root.join(&path));
                content
                    .map(|content| File::new(&path, content))
                    .with_context(|| format!("cannot read {path}"))
            })
            .collect::<Result<_>>()?;
        Ok(Self { workspace, files })
    }

    pub(super) fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    /// The Rust files whose tokens are known.
    pub(super) fn rust(&self) -> impl Iterator<Item = (&File, &Syntax)> {
        self.files.iter().filter_map(|file| match &file.syntax {
            Some(Ok(syntax)) => Some((file, syntax)),
            _ => None,
        })
    }
}

impl File {
    pub(super) fn new(path: &str, content: Vec<u8>) -> Self {
        let bytes = content.len();
        let text = String::from_utf8(content).unwrap_or_default();
        let syntax = path.ends_with(".rs").then(|| Syntax::parse(&text));
        Self {
            path: path.to_owned(),
            bytes,
            text,
            syntax,
        }
    }

    /// Whether the file lies under `folder`.
    pub(super) fn is_in(&self, folder: &str) -> bool {
        self.path
            .strip_prefix(folder)
            .is_some_and(|rest| rest.starts_with('/'))
    }

    /// Its lines with their numbers.
    pub(super) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..).zip(self.text.lines())
    }
}

fn tracked(root: &Path) -> Result<Vec<String>> {
    let output = Command::new("git")
        .args(["ls-files", "-z"])
        .current_dir(root)
        .output()
        .context("cannot start git, which tells tidy the tracked files")?;
    if !output.status.success() {
        bail!(
            "git does not list the tracked files:\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let paths = String::from_utf8(output.stdout).context("a tracked path is not UTF-8")?;
    Ok(paths.split_terminator('\0').map(str::to_owned).collect())
}
