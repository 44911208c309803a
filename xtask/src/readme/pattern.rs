//! Text with gaps: a line `...` stands for any number of lines, `…` in a line for any text.

/// Whether the pattern's lines match those of the text; spaces at the end of a line do not count.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let pattern: Vec<&str> = pattern.trim_end().lines().map(str::trim_end).collect();
    let text: Vec<&str> = text.trim_end().lines().map(str::trim_end).collect();
    fill(&pattern, &text, &|line| *line == "...", &|pattern, line| {
        line_matches(pattern, line)
    })
}

fn line_matches(pattern: &str, line: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let line: Vec<char> = line.chars().collect();
    fill(
        &pattern,
        &line,
        &|character| *character == '…',
        &|one, other| one == other,
    )
}

/// Whether `items` match `pattern`, in which a gap stands for any number of items.
fn fill<T>(
    pattern: &[T],
    items: &[T],
    is_gap: &dyn Fn(&T) -> bool,
    equal: &dyn Fn(&T, &T) -> bool,
) -> bool {
    // Which prefixes of the items the pattern up to here can match.
    let mut reached = vec![false; items.len() + 1];
    reached[0] = true;
    for part in pattern {
        let mut next = vec![false; items.len() + 1];
        for position in 0..=items.len() {
            let before = position.checked_sub(1);
            next[position] = if is_gap(part) {
                reached[position] || before.is_some_and(|before| next[before])
            } else {
                before.is_some_and(|before| reached[before] && equal(part, &items[before]))
            };
        }
        reached = next;
    }
    reached[items.len()]
}

#[cfg(test)]
mod tests {
    //! Gaps between and within lines.

    use super::matches;

    #[test]
    fn gaps_match_lines_and_parts_of_lines() {
        for (pattern, text) in [
            ("a\nb\n", "a\nb"),
            ("a\n...\nb", "a\nb"),
            ("a\n...\nb", "a\n1\n2\nb\n"),
            ("...\nb\n...", "b\nx\nb\nc"),
            ("in … s", "in 12.5 s"),
            ("…: … seeds/s\n...\nend", "x: 7 seeds/s\ny\nend"),
            ("...", ""),
            ("a  \n", "a\n\n"),
        ] {
            assert!(matches(pattern, text), "{pattern:?} is {text:?}");
        }
    }

    #[test]
    fn what_differs_does_not_match() {
        for (pattern, text) in [
            ("a", "b"),
            ("a", "a\nb"),
            ("a\n...\nb", "a\n1\n2"),
            ("a … c", "a b"),
            ("a…c", "a\nc"),
            ("a\n....\nb", "a\nx\nb"),
            ("a", ""),
        ] {
            assert!(!matches(pattern, text), "{pattern:?} is not {text:?}");
        }
    }
}
