use runtime_macros::simulate;

struct Context;

#[simulate(500)]
async fn no_field(_: Context) {}

#[simulate(seeds)]
async fn no_value(_: Context) {}

#[simulate(seeds = 0..5, timeout = 1, seeds = 0..6)]
async fn twice(_: Context) {}

#[simulate(name = "other")]
async fn renamed(_: Context) {}

fn main() {}
