use runtime_macros::select;

async fn comma() {
    select! {
        biased,
        _ = tick() => {}
    }
}

async fn not_first() {
    select! {
        _ = tick() => {}
        biased;
    }
}

async fn tick() {}

fn main() {}
