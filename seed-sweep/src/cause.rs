//! The text of a failure's cause: what groups it with others, what a person reads of it.
//!
//! A simulation reports it as one line: the panic's site and message, escaped as
//! `str::escape_default` does.

/// The first line of the cause without the numbers of its message: they, and the values that further lines show,
/// differ from seed to seed. Its site, which ends at the first space, stays whole.
pub(crate) fn kind(cause: &str) -> String {
    let line = first_line(cause);
    let (site, message) = line.split_once(' ').unwrap_or((&line, ""));
    let mut kind = format!("{site} ");
    for character in message.chars() {
        match character {
            '0'..='9' if kind.ends_with('#') => {}
            '0'..='9' => kind.push('#'),
            other => kind.push(other),
        }
    }
    kind
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
