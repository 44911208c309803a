//! `cargo xtask readme`: what README.md says is printed is printed.
//!
//! A fenced block after the comment `<!-- printed by: COMMAND -->` is compared with what the
//! command prints on standard output and standard error together. A line `...` of the block stands for
//! any number of lines, `…` within a line for any text.

mod block;
mod pattern;

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result};

use crate::workspace::Workspace;
use block::Block;

const PATH: &str = "README.md";

pub(crate) fn run() -> Result<ExitCode> {
    let root = Workspace::load()?.root;
    let text =
        fs::read_to_string(root.join(PATH)).with_context(|| format!("cannot read {PATH}"))?;
    let blocks = block::find(&text)?;
    let mut differing = 0;
    for block in &blocks {
        println!("{PATH}:{}: {}", block.line, block.command);
        let printed = printed(&root, &block.command)?;
        if !pattern::matches(&block.text, &printed) {
            differing += 1;
            println!("{}", difference(block, &printed));
        }
    }
    println!(
        "readme: {} of {} blocks are as printed",
        blocks.len() - differing,
        blocks.len()
    );
    Ok(if differing == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// What a command prints, run as a reader would run it at the root of the workspace.
fn printed(root: &Path, command: &str) -> Result<String> {
    let output = Command::new("bash")
        .arg("-c")
        .arg(format!("exec 2>&1\n{command}"))
        .current_dir(root)
        .env("CARGO_TERM_COLOR", "never")
        .env_remove("RUST_BACKTRACE")
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start bash for: {command}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn difference(block: &Block, printed: &str) -> String {
    let Block { text, line, .. } = block;
    format!(
        "---- {PATH}:{line} says ----\n{}\n---- printed ----\n{}\n---- end ----",
        text.trim_end(),
        printed.trim_end()
    )
}
