use runtime_macros::select;

macro_rules! repeat {
    ($($pattern:ident)*) => {
        select! { $($pattern = tick() => {},)* }
    };
}

#[rustfmt::skip]
async fn sixty_five() {
    repeat!(
        a a a a a a a a a a a a a a a a
        a a a a a a a a a a a a a a a a
        a a a a a a a a a a a a a a a a
        a a a a a a a a a a a a a a a a
        one_too_many
    );
}

async fn tick() {}

fn main() {}
