//! The blocks of a Markdown text that show what a command prints.

use anyhow::{Result, bail};

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) command: String,
    /// Where the comment with the command stands.
    pub(super) line: usize,
    /// What stands between the fences.
    pub(super) text: String,
}

/// Every block, in order; a comment that no block follows is an error.
pub(super) fn find(text: &str) -> Result<Vec<Block>> {
    let mut lines = (1..).zip(text.lines());
    let mut blocks = Vec::new();
    while let Some((line, text)) = lines.next() {
        let Some(command) = text
            .strip_prefix("<!-- printed by: ")
            .and_then(|rest| rest.strip_suffix(" -->"))
        else {
            continue;
        };
        let next = lines
            .by_ref()
            .map(|(_, text)| text)
            .find(|text| !text.is_empty());
        if next
            .and_then(|next| next.strip_prefix("```"))
            .is_none_or(str::is_empty)
        {
            bail!("line {line}: a block with its language, as ```text, is to follow the comment");
        }
        let mut block = Block {
            command: command.to_owned(),
            line,
            text: String::new(),
        };
        loop {
            match lines.next() {
                Some((_, "```")) => break,
                Some((_, text)) => block.text.extend([text, "\n"]),
                None => bail!("line {line}: the block that follows has no end"),
            }
        }
        blocks.push(block);
    }
    Ok(blocks)
}

#[cfg(test)]
mod tests {
    //! Markdown as the README has it.

    use super::{Block, find};

    #[test]
    fn only_blocks_after_the_comment_are_found() {
        let text = "# A\n```text\nno\n```\n<!-- printed by: cargo xtask tidy -->\n\n```text\none\n\ntwo\n```\nend\n";
        let block = Block {
            command: "cargo xtask tidy".to_owned(),
            line: 5,
            text: "one\n\ntwo\n".to_owned(),
        };
        assert_eq!(find(text).unwrap(), [block]);
    }

    #[test]
    fn a_comment_without_its_block_is_an_error() {
        for text in [
            "<!-- printed by: a -->\n",
            "<!-- printed by: a -->\n```\n```\n",
            "<!-- printed by: a -->\n```text\nno end\n",
        ] {
            assert!(find(text).unwrap_err().to_string().starts_with("line 1: "));
        }
    }
}
