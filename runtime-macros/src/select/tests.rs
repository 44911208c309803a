//! The syntax, and what of the expansion no caller can see.

use super::{expand, syntax::Select};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

fn parse(tokens: TokenStream) -> Select {
    syn::parse2(tokens).expect("valid syntax")
}

fn error(tokens: TokenStream) -> String {
    match syn::parse2::<Select>(tokens) {
        Ok(_) => panic!("parsed"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_branch_is_a_pattern_a_future_a_condition_and_a_body() {
    let select = parse(quote!(Ok(n) | Err(n) = f(1, 2), if a => n + 1, _ = g => {}));
    let [first, second] = &select.branches[..] else {
        panic!("{} branches", select.branches.len());
    };
    assert_eq!(text(&first.pattern), text(quote!(Ok(n) | Err(n))));
    assert_eq!(text(&first.future), text(quote!(f(1, 2))));
    assert_eq!(first.condition.as_ref().map(text), Some(text(quote!(a))));
    assert!(second.condition.is_none());
    assert!(!select.biased && select.otherwise.is_none());
}

fn text(tokens: impl ToTokens) -> String {
    tokens.to_token_stream().to_string()
}

#[test]
fn biased_and_else_are_seen() {
    let select = parse(quote!(biased; _ = f => {} else => {}));
    assert!(select.biased && select.otherwise.is_some());
    let select = parse(quote!(biased = f => biased));
    assert!(!select.biased && select.otherwise.is_none());
}

#[test]
fn a_block_that_is_half_written_is_left_to_the_compiler() {
    let expanded = expand(quote!(_ = f => { value. })).to_string();
    assert!(
        expanded.contains("{ let _ = output ; value . }"),
        "{expanded}"
    );
}

#[test]
fn sixty_four_branches_are_allowed_and_no_more() {
    let branches = |count| (0..count).map(|_| quote!(_ = f => {})).collect();
    assert_eq!(parse(branches(64)).branches.len(), 64);
    assert_eq!(error(branches(65)), "select! takes at most 64 branches");
}

#[test]
fn biased_names_no_other_crate_than_core() {
    let random = expand(quote!(_ = f => {})).to_string();
    let biased = expand(quote!(biased; _ = f => {})).to_string();
    assert!(random.contains(":: runtime_traits :: select :: order :: < 1 >"));
    assert!(!biased.contains("runtime_traits"));
}
