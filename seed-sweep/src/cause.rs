//! The text of a failure's cause: what groups it with others, what a person reads of it.
//!
//! A simulation reports it as one line: the panic's site and message, escaped as
//! `str::escape_default` does.

/// The first line of the cause without the numbers of its message and what its lists hold: they, and the values
/// that further lines show, differ from seed to seed. Its site, which ends at the first space, stays whole.
pub(crate) fn kind(cause: &str) -> String {
    let line = first_line(cause);
    let (site, message) = line.split_once(' ').unwrap_or((&line, ""));
    let mut kind = format!("{site} ");
    let mut rest = message;
    while let Some(character) = rest.chars().next() {
        let (shown, length) = match character {
            '0'..='9' => (
                "#",
                rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len(),
            ),
            _ => match list(rest) {
                Some(length) => ("[..]", length),
                None => (&rest[..character.len_utf8()], character.len_utf8()),
            },
        };
        kind.push_str(shown);
        rest = &rest[length..];
    }
    kind
}

/// The length of the list or map, as `Debug` shows one, that `text` begins with. A word in brackets is none, and
/// neither are the fields of a struct, before which there is a space.
fn list(text: &str) -> Option<usize> {
    let inside = text.strip_prefix(['[', '{'])?;
    let (mut depth, mut end, mut quoted, mut escaped) = (1, 0, false, false);
    for character in inside.chars() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '[' | '{' | '(' if !quoted => depth += 1,
            ']' | '}' | ')' if !quoted => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            let is_word =
                inside[..end].starts_with(char::is_alphabetic) && !inside[..end].contains(',');
            let is_struct = inside.starts_with(' ');
            return (!is_word && !is_struct).then_some(1 + end + character.len_utf8());
        }
        end += character.len_utf8();
    }
    None
}

/// The first line of the message, as it was before it was escaped.
pub(crate) fn first_line(cause: &str) -> String {
    let mut line = String::new();
    let mut characters = cause.chars();
    while let Some(character) = characters.next() {
        match (character, characters.clone().next()) {
            ('\\', Some('n' | 'r')) => break,
            ('\\', Some('t')) => line.push('\t'),
            ('\\', Some('u')) => {
                let digits: String = characters
                    .by_ref()
                    .skip(2)
                    .take_while(|character| *character != '}')
                    .collect();
                let code = u32::from_str_radix(&digits, 16).ok();
                line.push(
                    code.and_then(char::from_u32)
                        .unwrap_or(char::REPLACEMENT_CHARACTER),
                );
                continue;
            }
            ('\\', Some(escaped)) => line.push(escaped),
            (plain, _) => {
                line.push(plain);
                continue;
            }
        }
        characters.next();
    }
    line
}

#[cfg(test)]
mod tests {
    //! Causes as `escape_default` writes them.

    use super::{first_line, kind};

    #[test]
    fn causes_that_differ_in_numbers_or_in_further_lines_are_of_one_kind() {
        assert_eq!(
            kind("src/a.rs:7:5: write 11 is lost"),
            kind("src/a.rs:7:5: write 205 is lost")
        );
        assert_eq!(
            kind("src/a.rs:7:5: assertion failed\\n  left: []"),
            kind("src/a.rs:7:5: assertion failed\\n  left: [0, 0]")
        );
        assert_ne!(
            kind("src/a.rs:7:5: write 11 is lost"),
            kind("src/a.rs:8:5: write 11 is lost")
        );
        assert_ne!(
            kind("src/a.rs:7:5: write 11 is lost"),
            kind("src/a.rs:7:5: read 11 is lost")
        );
    }

    #[test]
    fn causes_that_differ_in_what_a_list_holds_are_of_one_kind() {
        let twice = |list: &str| {
            let message = format!("src/a.rs:7:5: twice: 7 in {list} at {{t}}");
            kind(&message.escape_default().to_string())
        };
        for list in [
            r#"["a", "b]", "c"]"#,
            r#"["\""]"#,
            "[1]",
            "[(1, [2]), (3, [])]",
            r#"{"k": 1, "l": 2}"#,
            "{}",
            "[One, Two]",
        ] {
            assert_eq!(twice(list), twice("[]"), "{list}");
        }
        assert_ne!(twice("[leader]"), twice("[follower]"));
        assert_ne!(
            twice("Io { kind: NotFound, code: 2 }"),
            twice("Io { kind: TimedOut, code: 2 }")
        );
        assert_ne!(twice("[1] and more"), twice("[1]"));
        assert_eq!(twice("[1, 2"), twice("[7, 33"));
        assert_ne!(twice("[1, 2"), twice("[]"));
    }

    #[test]
    fn the_first_line_is_as_it_was_before_it_was_escaped() {
        for message in [
            "plain",
            "can't \"do\" \\ it",
            "a\tb",
            "… ≠ é",
            "assertion failed\n  left: 1\n",
            "\r\n",
        ] {
            let first = message.split(['\n', '\r']).next().unwrap();
            assert_eq!(first_line(&message.escape_default().to_string()), first);
        }
        assert_eq!(first_line("cut \\"), "cut \\");
    }
}
