//! A copy of the tracked files, to which a patch can be applied.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

pub(super) struct Copy {
    pub(super) folder: PathBuf,
    root: PathBuf,
    files: Vec<String>,
}

impl Copy {
    /// Copies the tracked files of `root` into `folder`, in place of what is there.
    pub(super) fn make(root: &Path, folder: PathBuf) -> Result<Self> {
        if folder.exists() {
            fs::remove_dir_all(&folder)
                .with_context(|| format!("cannot clear {}", folder.display()))?;
        }
        let copy = Self {
            folder,
            root: root.into(),
            files: tracked(root)?,
        };
        copy.restore()?;
        Ok(copy)
    }

    /// Undoes what was applied. Files that are as they should be are left alone, so that cargo need not
    /// build them again.
    pub(super) fn restore(&self) -> Result<()> {
        for file in &self.files {
            let (from, to) = (self.root.join(file), self.folder.join(file));
            let Ok(content) = fs::read(&from) else {
                continue; // Tracked, and deleted here.
            };
            if fs::read(&to).is_ok_and(|there| there == content) {
                continue;
            }
            let parent = to.parent().context("a file in a folder")?;
            fs::create_dir_all(parent)?;
            fs::write(&to, content).with_context(|| format!("cannot write {}", to.display()))?;
        }
        Ok(())
    }

    pub(super) fn apply(&self, patch: &Path) -> Result<()> {
        // Without a ceiling git would take the copy for a part of the checkout around it, and skip all.
        let ceiling = self.folder.parent().unwrap_or(&self.folder);
        let status = Command::new("git")
            .args(["apply", "--verbose"])
            .arg(patch)
            .current_dir(&self.folder)
            .env("GIT_CEILING_DIRECTORIES", ceiling)
            .status()
            .context("cannot start git apply")?;
        if !status.success() {
            bail!(
                "{} does not apply: bring it up to date with the code it changes",
                patch.display()
            );
        }
        Ok(())
    }
}

fn tracked(root: &Path) -> Result<Vec<String>> {
    let output = Command::new("git")
        .args(["ls-files", "-z"])
        .current_dir(root)
        .output();
    let output = output.context("cannot start git ls-files")?;
    if !output.status.success() {
        bail!(
            "git ls-files failed:\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let names = String::from_utf8(output.stdout).context("a file name that is no text")?;
    Ok(names.split_terminator('\0').map(str::to_owned).collect())
}
