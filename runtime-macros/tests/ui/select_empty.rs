use runtime_macros::select;

async fn nothing() {
    select! {}
}

async fn only_else() {
    select! {
        else => {}
    }
}

fn main() {}
