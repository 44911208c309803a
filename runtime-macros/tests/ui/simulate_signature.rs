use runtime_macros::simulate;

struct Context;

#[simulate]
fn not_async(_: Context) {}

#[simulate]
async fn no_argument() {}

#[simulate]
async fn two_arguments(_: Context, _: u64) {}

#[simulate]
async fn generic<C>(_: C) {}

#[simulate]
async fn bounded(_: Context)
where
    Context: Send,
{
}

#[simulate]
async unsafe fn not_safe(_: Context) {}

#[simulate]
async extern "C" fn foreign(_: Context) {}

#[simulate]
fn everything<'a>() {}

fn main() {}
