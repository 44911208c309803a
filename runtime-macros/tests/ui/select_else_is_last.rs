use runtime_macros::select;

async fn branch_after_else() {
    select! {
        _ = tick(), if false => {}
        else => {}
        _ = tick() => {}
    }
}

async fn two_elses() {
    select! {
        _ = tick(), if false => {}
        else => {}
        else => {}
    }
}

async fn tick() {}

fn main() {}
