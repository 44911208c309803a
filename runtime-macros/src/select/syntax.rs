//! What may stand between the braces of `select!`.

use proc_macro2::TokenStream;
use syn::{
    Error, Expr, Pat, Result, Token, braced,
    parse::{Parse, ParseStream, discouraged::Speculative},
    spanned::Spanned,
    token,
};

/// The expansion holds the order of polling in one array of `u8`, drawn from 64 random bits.
const MOST_BRANCHES: usize = 64;

mod keyword {
    syn::custom_keyword!(biased);
}

/// `biased; branch, .., else => body`
pub(super) struct Select {
    pub(super) biased: bool,
    pub(super) branches: Vec<Branch>,
    pub(super) otherwise: Option<Body>,
}

/// `pattern = future, if condition => body`
pub(super) struct Branch {
    pub(super) pattern: Pat,
    pub(super) future: Expr,
    pub(super) condition: Option<Expr>,
    pub(super) body: Body,
}

/// What runs when its branch was chosen.
pub(super) enum Body {
    /// A block: its braces and what stands between them.
    Block(token::Brace, TokenStream),
    Expression(Expr),
}

impl Parse for Select {
    fn parse(input: ParseStream) -> Result<Self> {
        let biased = parse_biased(input)?;
        let branches = parse_branches(input)?;
        if branches.is_empty() {
            return Err(input.error("expected a branch: `pattern = future => body`"));
        }
        let otherwise = parse_otherwise(input)?;
        if !input.is_empty() {
            return Err(input.error("`else` is the last branch: move this one before it"));
        }
        Ok(Self {
            biased,
            branches,
            otherwise,
        })
    }
}

/// `biased = future => ..` is a branch that binds the name `biased`.
fn parse_biased(input: ParseStream) -> Result<bool> {
    let biased = input.peek(keyword::biased) && input.peek2(Token![;]);
    if biased {
        input.parse::<keyword::biased>()?;
        input.parse::<Token![;]>()?;
    }
    Ok(biased)
}

fn parse_branches(input: ParseStream) -> Result<Vec<Branch>> {
    let mut branches = Vec::new();
    while !input.is_empty() && !input.peek(Token![else]) {
        let branch: Branch = input.parse()?;
        if branches.len() == MOST_BRANCHES {
            let message = format!("select! takes at most {MOST_BRANCHES} branches");
            return Err(Error::new(branch.pattern.span(), message));
        }
        branches.push(branch);
    }
    Ok(branches)
}

fn parse_otherwise(input: ParseStream) -> Result<Option<Body>> {
    if input.parse::<Option<Token![else]>>()?.is_none() {
        return Ok(None);
    }
    input.parse::<Token![=>]>()?;
    input.parse().map(Some)
}

impl Parse for Branch {
    fn parse(input: ParseStream) -> Result<Self> {
        refuse_late_biased(input)?;
        let pattern = parse_pattern(input)?;
        input.parse::<Token![=]>()?;
        let future: Expr = input.parse()?;
        let condition = parse_condition(input, &future)?;
        input.parse::<Token![=>]>()?;
        Ok(Self {
            pattern,
            future,
            condition,
            body: input.parse()?,
        })
    }
}

fn refuse_late_biased(input: ParseStream) -> Result<()> {
    if input.peek(keyword::biased) && (input.peek2(Token![;]) || input.peek2(Token![,])) {
        return Err(input.error("`biased;` stands before the first branch, with a semicolon"));
    }
    Ok(())
}

fn parse_pattern(input: ParseStream) -> Result<Pat> {
    let pattern = Pat::parse_multi_with_leading_vert(input)?;
    if input.peek(Token![=>]) {
        let message = "a branch is `pattern = future => body`: is this the future?";
        return Err(Error::new_spanned(pattern, message));
    }
    Ok(pattern)
}

fn parse_condition(input: ParseStream, future: &Expr) -> Result<Option<Expr>> {
    let comma = input.parse::<Option<Token![,]>>()?;
    if input.is_empty() {
        let message = "this future has no body: `pattern = future => body`";
        return Err(Error::new_spanned(future, message));
    }
    if comma.is_some() {
        input.parse::<Token![if]>()?;
        return input.parse().map(Some);
    }
    if input.peek(Token![if]) {
        return Err(input.error("expected a comma before `if`"));
    }
    Ok(None)
}

/// As the body of a `match` arm: the comma may be left out after a block and at the end.
impl Parse for Body {
    fn parse(input: ParseStream) -> Result<Self> {
        let body = match parse_block(input)? {
            Some(block) => block,
            None => Self::Expression(Expr::parse_with_earlier_boundary_rule(input)?),
        };
        if input.is_empty() || body.ends_by_itself() {
            input.parse::<Option<Token![,]>>()?;
        } else {
            input.parse::<Token![,]>()?;
        }
        Ok(body)
    }
}

/// A block is passed on unparsed: the compiler's own messages about it are better, and an editor can
/// complete inside one that is half written.
fn parse_block(input: ParseStream) -> Result<Option<Body>> {
    if !input.peek(token::Brace) {
        return Ok(None);
    }
    let ahead = input.fork();
    let inside;
    let braces = braced!(inside in ahead);
    if ahead.peek(Token![.]) || ahead.peek(Token![?]) {
        return Ok(None);
    }
    input.advance_to(&ahead);
    inside
        .parse()
        .map(|inside| Some(Body::Block(braces, inside)))
}

impl Body {
    fn ends_by_itself(&self) -> bool {
        match self {
            Self::Block(..) => true,
            Self::Expression(expression) => ends_by_itself(expression),
        }
    }
}

fn ends_by_itself(expression: &Expr) -> bool {
    matches!(
        expression,
        Expr::Block(_)
            | Expr::Const(_)
            | Expr::ForLoop(_)
            | Expr::If(_)
            | Expr::Loop(_)
            | Expr::Match(_)
            | Expr::TryBlock(_)
            | Expr::Unsafe(_)
            | Expr::While(_)
    )
}
