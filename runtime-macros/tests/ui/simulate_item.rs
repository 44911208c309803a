use runtime_macros::simulate;

#[simulate]
struct NotAFunction;

struct Context;

impl Context {
    #[simulate]
    async fn method(self) {}
}

fn main() {}
