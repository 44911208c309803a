//! What rules ask of a Rust file: its paths, attributes, macro calls and functions, with their lines.
//!
//! Works on tokens, so that comments and strings are never taken for code. Knows no rule.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// Where something stands in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found<T> {
    pub(super) line: usize,
    pub(super) what: T,
}

#[derive(Debug, Default)]
pub(super) struct Syntax {
    /// `std::fs::File`; a group in a `use` is taken apart, a glob ends in `*`.
    pub(super) paths: Vec<Found<Vec<String>>>,
    /// `allow(dead_code)`: what stands in the brackets of an attribute, without spaces; `inner`
    /// attributes as `!forbid(unsafe_code)`.
    pub(super) attributes: Vec<Found<String>>,
    /// `todo`: the last segment of what is called with `!`.
    pub(super) macros: Vec<Found<String>>,
    pub(super) functions: Vec<Found<String>>,
}

impl Syntax {
    /// The error is the line of the first token that makes no sense.
    pub(super) fn parse(text: &str) -> Result<Self, usize> {
        let tokens: TokenStream = text
            .parse()
            .map_err(|error: proc_macro2::LexError| error.span().start().line)?;
        let mut syntax = Self::default();
        syntax.read(tokens);
        Ok(syntax)
    }

    fn read(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut rest = tokens.as_slice();
        while let [first, after @ ..] = rest {
            rest = after;
            match first {
                TokenTree::Ident(_) => rest = self.read_path(first, after),
                TokenTree::Punct(punct) if punct.as_char() == '#' => self.read_attribute(after),
                TokenTree::Group(group) => self.read(group.stream()),
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }

    /// Reads the path that begins with `first`; the tokens after it.
    fn read_path<'a>(&mut self, first: &TokenTree, mut rest: &'a [TokenTree]) -> &'a [TokenTree] {
        let mut path = vec![first.to_string()];
        let mut last = first;
        if let ("fn", [TokenTree::Ident(name), ..]) = (path[0].as_str(), rest) {
            self.functions.push(found(first, name.to_string()));
        }
        while let [colon, other, next, after @ ..] = rest {
            match next {
                _ if !(is(colon, ':') && is(other, ':')) => break,
                TokenTree::Ident(_) => path.push(next.to_string()),
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                    self.read_tree(&path, group);
                    return after;
                }
                next if is(next, '*') => path.push("*".to_owned()),
                _ => break,
            }
            last = next;
            rest = after;
        }
        if let [bang, TokenTree::Group(_), ..] = rest
            && is(bang, '!')
        {
            self.macros.push(found(last, path[path.len() - 1].clone()));
        }
        self.paths.push(found(last, path));
        rest
    }

    /// Reads the group of a `use`, in which every path continues `prefix`.
    fn read_tree(&mut self, prefix: &[String], group: &Group) {
        let mut inner = Self::default();
        inner.read(group.stream());
        let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
        let begins = |position: usize| position == 0 || is(&tokens[position - 1], ',');
        let stars = tokens
            .iter()
            .enumerate()
            .filter(|(position, token)| is(token, '*') && begins(*position));
        let globs = stars.map(|(_, star)| found(star, vec!["*".to_owned()]));
        for Found { line, what } in inner.paths.into_iter().chain(globs) {
            self.paths.push(Found {
                line,
                what: [prefix, &what].concat(),
            });
        }
    }

    fn read_attribute(&mut self, rest: &[TokenTree]) {
        let (inner, group) = match rest {
            [bang, TokenTree::Group(group), ..] if is(bang, '!') => ("!", group),
            [TokenTree::Group(group), ..] => ("", group),
            _ => return,
        };
        if group.delimiter() == Delimiter::Bracket {
            let text: String = group
                .stream()
                .into_iter()
                .map(|token| token.to_string())
                .collect();
            self.attributes.push(Found {
                line: group.span_open().start().line,
                what: format!("{inner}{text}"),
            });
        }
    }
}

fn is(token: &TokenTree, character: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == character)
}

fn found<T>(token: &TokenTree, what: T) -> Found<T> {
    Found {
        line: token.span().start().line,
        what,
    }
}

#[cfg(test)]
mod tests {
    //! What is read off a text.

    use super::{Found, Syntax};

    fn joined(found: Vec<Found<Vec<String>>>) -> Vec<String> {
        found
            .into_iter()
            .map(|path| format!("{}:{}", path.line, path.what.join("::")))
            .collect()
    }

    #[test]
    fn the_group_of_a_use_is_taken_apart() {
        let syntax = Syntax::parse("use a::{b::*, c::{\n  d, *},\n  e as f, self};").unwrap();
        let paths = joined(syntax.paths);
        assert_eq!(
            paths,
            [
                "1:use",
                "1:a::b::*",
                "2:a::c::d",
                "2:a::c::*",
                "3:a::e",
                "3:a::as",
                "3:a::f",
                "3:a::self"
            ]
        );
    }

    #[test]
    fn a_product_is_no_glob() {
        let syntax = Syntax::parse("x * y; a::B * c; { *p }").unwrap();
        assert_eq!(joined(syntax.paths), ["1:x", "1:y", "1:a::B", "1:c", "1:p"]);
    }

    #[test]
    fn attributes_macros_and_functions_are_found_in_any_depth() {
        let text =
            "#![allow(a, b)]\nmod m { #[ignore = \"x\"]\n fn f() { if true { std::todo!() } } }";
        let syntax = Syntax::parse(text).unwrap();
        let what = |found: &[Found<String>]| -> Vec<String> {
            found
                .iter()
                .map(|one| format!("{}:{}", one.line, one.what))
                .collect()
        };
        assert_eq!(
            what(&syntax.attributes),
            ["1:!allow(a , b)", "2:ignore=\"x\""]
        );
        assert_eq!(what(&syntax.macros), ["3:todo"]);
        assert_eq!(what(&syntax.functions), ["3:f"]);
    }
}
