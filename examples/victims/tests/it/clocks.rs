//! Clocks that are wrong.

use crate::trial::{Run, at, judge, ms};
use runtime_traits::Clock;
use std::time::Duration;
use victims::timestamps;

#[test]
fn offset() {
    judge(
        "a write was acknowledged and is not there",
        async |run: Run| {
            let world = run.context.world();
            let register = at(&run.host("register", timestamps::serve));
            let clients = ["one", "two"].map(|name| world.host(name, async |_| ()).unwrap());
            if run.fault {
                clients[0].clock().offset(run.draw(ms(0)..ms(100)));
                clients[1].clock().offset_back(run.draw(ms(0)..ms(100)));
            }
            run.context.sleep(ms(1)).await;
            for value in 1..=4 {
                let client = &clients[value as usize % 2].context();
                timestamps::put(client, register, value, run.fixed)
                    .await
                    .unwrap();
                let read = timestamps::get(client, register).await.unwrap();
                assert_eq!(read, value, "a write was acknowledged and is not there");
                run.sleep(Duration::ZERO..ms(10)).await;
            }
            4
        },
    );
}
