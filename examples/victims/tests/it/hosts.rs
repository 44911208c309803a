//! Hosts that crash, fall silent, stand still, and lose their disks.

use crate::trial::{Run, Seen, at, judge, ms};
use runtime_deterministic::{Context, Crash, FaultKind};
use runtime_traits::{Clock, Spawner, Storage};
use std::time::Duration;
use victims::{fence, lock, retry, vote};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn crash() {
    judge(
        FaultKind::Crash,
        "a payment was taken twice",
        async |run: Run| {
            let fixed = run.fixed;
            let bank = run.host("bank", move |context, socket| {
                retry::serve(context, socket, fixed)
            });
            let driver = run.fault.then(|| {
                let (bank, context) = (bank.clone(), run.context.clone());
                let pauses = [(); 8].map(|()| run.draw(ms(1)..ms(12)));
                run.context.spawn("driver", async move {
                    for pause in pauses {
                        context.sleep(pause).await;
                        bank.crash(Crash::Reset).unwrap();
                        bank.restart().unwrap();
                    }
                })
            });
            for id in 1..=5 {
                retry::pay(&run.context, at(&bank), id, 10).await;
            }
            if let Some(driver) = driver {
                driver.await.unwrap();
            }
            let inside = bank.context();
            let blob = inside.open("bank", b"ledger").await.unwrap();
            let ledger = retry::read(&blob).await.unwrap();
            let taken: u64 = ledger.iter().map(|(_, amount)| amount).sum();
            assert!(taken >= 50, "a payment is gone");
            assert!(taken <= 50, "a payment was taken twice");
            ledger.len() as u64
        },
    );
}

#[test]
fn silent_crash() {
    const NEVER: &str = "the lock of a dead machine is never free";
    judge(FaultKind::SilentCrash, NEVER, async |run: Run| {
        let fixed = run.fixed;
        let server = run.host("server", move |context, socket| {
            lock::serve(context, socket, fixed)
        });
        let server = at(&server);
        run.context.sleep(ms(1)).await;
        let first = run.host("first", move |context, _| async move {
            lock::hold(&context, server, 3 * SECOND).await
        });
        run.sleep(ms(5)..ms(2_000)).await;
        if run.fault {
            first.crash(Crash::Silent).unwrap();
        }
        let second = lock::hold(&run.context, server, SECOND);
        let held = run.context.timeout(60 * SECOND, second).await;
        held.expect(NEVER).unwrap();
        1
    });
}

#[test]
fn pause() {
    judge(
        FaultKind::Pause,
        "an older lease wrote after a newer",
        async |run: Run| {
            let fixed = run.fixed;
            let leases = Seen::default();
            let written = leases.clone();
            let register = run.host("register", move |context, socket| {
                let written = written.clone();
                let written = move |lease, _| written.see(lease);
                fence::serve(context, socket, written, fixed)
            });
            let register = at(&register);
            run.context.sleep(ms(1)).await;
            let first = run.host("first", move |context, _| async move {
                fence::work(&context, register, 1).await
            });
            run.sleep(ms(5)..ms(500)).await;
            if run.fault {
                first.pause().unwrap();
            }
            fence::work(&run.context, register, 2).await;
            if run.fault {
                first.resume().unwrap();
            }
            first.wait().await.unwrap();
            let leases = leases.all();
            assert!(leases.is_sorted(), "an older lease wrote after a newer");
            leases.len() as u64
        },
    );
}

#[test]
fn wipe() {
    judge(
        FaultKind::Wipe,
        "two leaders in one term",
        async |run: Run| {
            let fixed = run.fixed;
            let replicas = ["one", "two", "three"].map(|name| {
                let mut lives = 0;
                run.host(name, move |context: Context, socket| {
                    lives += 1;
                    async move {
                        if lives == 1 {
                            vote::format(&context).await?;
                        }
                        vote::serve(context, socket, fixed).await
                    }
                })
            });
            run.context.sleep(ms(10)).await;
            let [one, two, three] = [0, 1, 2].map(|replica| at(&replicas[replica]));
            let world = run.context.world();
            world.partition(&["root"], &["three"]).unwrap();
            let ada = vote::stand(&run.context, &[one, two, three], 1, 7).await;
            world.heal();
            let lost = &replicas[run.pick(3)];
            lost.crash(Crash::Reset).unwrap();
            if run.fault {
                lost.wipe().unwrap();
            }
            lost.restart().unwrap();
            run.context.sleep(ms(10)).await;
            let bob = vote::stand(&run.context, &[three, two, one], 1, 8).await;
            assert!(!(ada && bob), "two leaders in one term");
            ada.into()
        },
    );
}
