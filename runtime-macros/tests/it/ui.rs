//! Errors of the macros, at the user's tokens.

#[test]
fn errors_point_at_the_users_tokens() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
