use runtime_macros::select;

async fn no_pattern() {
    select! {
        tick() => {}
    }
}

async fn no_body() {
    select! {
        _ = tick(),
    }
}

async fn no_body_and_no_comma() {
    select! {
        _ = tick()
    }
}

async fn condition_without_if() {
    select! {
        _ = tick(), true => {}
    }
}

async fn condition_without_comma() {
    select! {
        _ = tick() if true => {}
    }
}

async fn no_comma_after_an_expression() {
    select! {
        _ = tick() => 1
        _ = tick() => 2
    }
}

async fn tick() {}

fn main() {}
