//! Clocks that are wrong.

use crate::trial::{Run, at, judge, ms};
use runtime_deterministic::FaultKind;
use runtime_traits::{Clock, Error, Network, Spawner};
use std::{net::SocketAddr, time::Duration};
use victims::{call::Calls, lease, measure, timestamps};

#[test]
fn offset() {
    judge(
        FaultKind::Offset,
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

#[test]
fn drift() {
    judge(FaultKind::Drift, "two hold the lease", async |run: Run| {
        let world = run.context.world();
        let lender = at(&run.host("lender", lease::serve));
        let holders = ["one", "two"].map(|name| world.host(name, async |_| ()).unwrap());
        if run.fault {
            // As crystals do, within 200 ppm.
            holders[0].clock().drift_ppm(-50 - run.pick(150) as i32);
        }
        run.context.sleep(ms(1)).await;
        let [one, two] = holders.map(|holder| holder.context());
        let until = lease::acquire(&one, lender, run.fixed).await.unwrap();
        lease::acquire(&two, lender, run.fixed).await.unwrap();
        assert!(one.monotonic() >= until, "two hold the lease");
        2
    });
}

async fn answer<R: Network + Clock>(context: R, socket: SocketAddr) -> Result<(), Error> {
    let mut calls = Calls::bind(&context, socket).await?;
    loop {
        calls.next().await?.answer([1; 3]).await;
    }
}

#[test]
fn jump() {
    judge(FaultKind::Jump, "time goes on", async |run: Run| {
        let servers = ["one", "two"].map(|name| at(&run.host(name, answer)));
        run.context.sleep(ms(1)).await;
        let resolver = run.context.world().host("resolver", async |_| ()).unwrap();
        let inside = resolver.context();
        if run.fault {
            let (context, when) = (run.context.clone(), run.draw(ms(0)..ms(10)));
            run.context.spawn("driver", async move {
                context.sleep(when).await;
                resolver.clock().jump_back(ms(1_000));
            });
        }
        for _ in 0..5 {
            let fastest = measure::fastest(&inside, &servers, run.fixed).await;
            let (took, server) = fastest.unwrap();
            assert!(took < ms(10) && servers.contains(&server));
        }
        5
    });
}
