//! Parts of documents that a command rewrites: what lies between two comments.

use anyhow::{Context, Result};
use std::{fs, path::Path};

const END: &str = "<!-- measured -->";

/// Puts `text` between `<!-- measured by: COMMAND -->` and `<!-- measured -->` of a document.
pub(crate) fn write(path: &Path, command: &str, text: &str) -> Result<()> {
    let name = path.display();
    let document = fs::read_to_string(path).with_context(|| format!("cannot read {name}"))?;
    let start = format!("<!-- measured by: {command} -->");
    let rewritten = replace(&document, &start, text);
    let rewritten = rewritten.with_context(|| format!("{name} has no lines {start} and {END}"))?;
    fs::write(path, rewritten).with_context(|| format!("cannot write {name}"))
}

fn replace(document: &str, start: &str, text: &str) -> Option<String> {
    let (before, rest) = document.split_once(start)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!(
        "{before}{start}\n{}\n{END}{after}",
        text.trim_end()
    ))
}

#[cfg(test)]
mod tests {
    use super::replace;

    #[test]
    fn what_lies_between_the_comments_is_replaced_and_nothing_else() {
        let document = "a\n<!-- measured by: x -->\nold\n<!-- measured -->\nb\n";
        let rewritten = "a\n<!-- measured by: x -->\nnew\n<!-- measured -->\nb\n";
        let start = "<!-- measured by: x -->";
        assert_eq!(
            replace(document, start, "new\n").as_deref(),
            Some(rewritten)
        );
        assert_eq!(replace("no comments", start, "new"), None);
    }
}
