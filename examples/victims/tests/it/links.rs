//! Links that are slow, lose, repeat, reorder, and break.

use crate::trial::{Run, Seen, at, judge, ms};
use runtime_deterministic::{Cut, FaultKind, How, Ratio};
use runtime_traits::{Clock, Network, Spawner};
use std::{net::SocketAddr, time::Duration};
use victims::{
    counters, download, gauge, master, pool, purchase, route, snapshot, status, syslog, withdraw,
};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn latency() {
    judge(
        FaultKind::Latency,
        "declined, and paid",
        async |run: Run| {
            let paid = Seen::default();
            let told = paid.clone();
            let bank = run.host("bank", move |context, socket| {
                let told = told.clone();
                purchase::serve(context, socket, move |id| told.see(id))
            });
            run.context.sleep(ms(1)).await;
            if run.fault {
                let world = run.context.world();
                for (from, to) in [("root", "bank"), ("bank", "root")] {
                    let link = world.link(from, to).unwrap();
                    link.tail(Ratio::new(1, 20), ms(200)..=ms(2_000));
                }
            }
            let mut outcomes = Vec::new();
            for id in 1..=5 {
                let outcome = purchase::buy(&run.context, at(&bank), id, run.fixed).await;
                outcomes.push((id, outcome));
            }
            run.context.sleep(10 * SECOND).await;
            let paid = paid.all();
            for (id, outcome) in outcomes {
                match outcome {
                    purchase::Outcome::Paid => assert!(paid.contains(&id), "paid, and not paid"),
                    purchase::Outcome::Declined => {
                        assert!(!paid.contains(&id), "declined, and paid")
                    }
                }
            }
            paid.len() as u64
        },
    );
}

#[test]
fn bandwidth() {
    judge(
        FaultKind::Bandwidth,
        "a sender that lives counts as dead",
        async |run: Run| {
            let fixed = run.fixed;
            let bytes = vec![7; 40_000];
            let receiver = run.host("receiver", |context, socket| async move {
                let mut listener = context.bind(socket).await?;
                snapshot::receive(&context, &mut listener).await
            });
            let (to, sent) = (at(&receiver), bytes.clone());
            run.context.sleep(ms(1)).await;
            let sender = run.host("sender", move |context, _| {
                let bytes = sent.clone();
                async move { snapshot::send(&context, to, &bytes, fixed).await }
            });
            if run.fault {
                let link = run.context.world().link("sender", "receiver").unwrap();
                link.bandwidth(5_000 + run.pick(20_000) as u64);
            }
            let received = receiver.wait().await.unwrap();
            let received = received.expect("a sender that lives counts as dead");
            assert_eq!(received, bytes);
            sender.wait().await.unwrap().unwrap();
            received.len() as u64
        },
    );
}

#[test]
fn loss() {
    judge(FaultKind::Loss, "events are missing", async |run: Run| {
        let (fixed, sums) = (run.fixed, Seen::default());
        let told = sums.clone();
        let collector = run.host("collector", move |context, socket| {
            let told = told.clone();
            counters::collect(context, socket, move |sum| told.see(sum), fixed)
        });
        if run.fault {
            let link = run.context.world().link("root", "collector").unwrap();
            link.loss(Ratio::new(1, 10));
        }
        run.context.sleep(ms(1)).await;
        let counted = counters::count(&run.context, at(&collector), 20, fixed);
        counted.await.unwrap();
        assert_eq!(sums.last(), Some(20), "events are missing");
        20
    });
}

#[test]
fn duplicate() {
    judge(FaultKind::Duplicate, "withdrawn twice", async |run: Run| {
        let (fixed, balances) = (run.fixed, Seen::default());
        let told = balances.clone();
        let server = run.host("server", move |context, socket| {
            let told = told.clone();
            withdraw::serve(context, socket, 100, move |left| told.see(left), fixed)
        });
        if run.fault {
            let link = run.context.world().link("root", "server").unwrap();
            link.duplicate(Ratio::new(1, 10));
        }
        run.context.sleep(ms(1)).await;
        for number in 1..=5 {
            let withdrawn = withdraw::withdraw(&run.context, at(&server), number, 10);
            withdrawn.await.unwrap();
        }
        run.context.sleep(ms(10)).await;
        assert_eq!(balances.last(), Some(50), "withdrawn twice");
        5
    });
}

#[test]
fn reorder() {
    judge(
        FaultKind::Reorder,
        "an old value is shown",
        async |run: Run| {
            let (fixed, shown) = (run.fixed, Seen::default());
            let show = shown.clone();
            let display = run.host("display", move |context, socket| {
                let show = show.clone();
                gauge::display(context, socket, move |value| show.see(value), fixed)
            });
            if run.fault {
                let link = run.context.world().link("root", "display").unwrap();
                link.reorder(Ratio::new(1, 4), ms(10)..=ms(50));
            }
            run.context.sleep(ms(1)).await;
            let values = [17, 18, 19, 18, 20];
            let reported = gauge::report(&run.context, at(&display), &values);
            reported.await.unwrap();
            run.context.sleep(SECOND).await;
            assert_eq!(shown.last(), Some(20), "an old value is shown");
            shown.all().len() as u64
        },
    );
}

#[test]
fn partition() {
    judge(FaultKind::Partition, "two masters", async |run: Run| {
        let fixed = run.fixed;
        let names = ["one", "two", "three"];
        let nodes = names.map(|name| run.context.world().host(name, async |_| ()).unwrap());
        let sockets: Vec<_> = nodes.iter().map(at).collect();
        let followed = [0, 1, 2].map(|_| Seen::default());
        for (me, node) in nodes.iter().enumerate() {
            let (inside, sockets, seen) = (node.context(), sockets.clone(), followed[me].clone());
            let follow = move |master: Option<usize>| seen.see(master);
            let node = master::run(inside.clone(), sockets, me, follow, fixed);
            inside.spawn("node", node);
        }
        run.sleep(2 * SECOND..4 * SECOND).await;
        if run.fault {
            let alone = run.pick(3);
            let mut others = names.to_vec();
            others.remove(alone);
            let world = run.context.world();
            world.partition(&[names[alone]], &others).unwrap();
        }
        run.context.sleep(5 * SECOND).await;
        let is_master = |me: &usize| followed[*me].last() == Some(Some(*me));
        let masters = (0..3).filter(is_master).count();
        assert!(masters <= 1, "two masters");
        run.context.world().heal();
        run.context.sleep(5 * SECOND).await;
        (0..3).filter(is_master).count() as u64
    });
}

#[test]
fn one_way() {
    judge(
        FaultKind::OneWay,
        "it turns to a server that does not hear",
        async |run: Run| {
            let (fixed, turned) = (run.fixed, Seen::default());
            let client = SocketAddr::new(run.context.addr(), 90);
            let servers = ["primary", "backup"].map(|name| {
                at(&run.host(name, move |context, socket| {
                    route::serve(context, socket, client)
                }))
            });
            let (context, turns) = (run.context.clone(), turned.clone());
            run.context.spawn("client", async move {
                route::choose(context, client, servers, move |to| turns.see(to), fixed).await
            });
            run.sleep(2 * SECOND..3 * SECOND).await;
            assert_eq!(turned.last(), Some(Some(0)));
            if run.fault {
                let world = run.context.world();
                world.partition_one_way(&["root"], &["primary"]).unwrap();
            }
            run.context.sleep(5 * SECOND).await;
            let right = usize::from(run.fault);
            let told = "it turns to a server that does not hear";
            assert_eq!(turned.last(), Some(Some(right)), "{told}");
            turned.all().len() as u64
        },
    );
}

#[test]
fn hold() {
    judge(
        FaultKind::Hold,
        "the answer to another question",
        async |run: Run| {
            let server = run.host("server", |context, socket| {
                pool::serve(context, socket, |key| key + 1_000)
            });
            run.context.sleep(ms(1)).await;
            let mut client = pool::Client::new(run.context.clone(), at(&server));
            if run.fault {
                let (context, world) = (run.context.clone(), run.context.world());
                let (when, long) = (run.draw(ms(0)..ms(500)), run.draw(ms(200)..ms(2_000)));
                run.context.spawn("driver", async move {
                    context.sleep(when).await;
                    world.hold(&["root"], &["server"]).unwrap();
                    context.sleep(long).await;
                    world.release(&["root"], &["server"]).unwrap();
                });
            }
            let mut answers = 0;
            for key in 1..=20 {
                run.sleep(ms(0)..ms(50)).await;
                if let Ok(value) = client.get(key, run.fixed).await {
                    assert_eq!(value, key + 1_000, "the answer to another question");
                    answers += 1;
                }
            }
            answers
        },
    );
}

static FILE: [u8; 500] = [7; 500];

#[test]
fn cut_fin() {
    judge(
        FaultKind::Cut,
        "a part was taken for the whole",
        async |run: Run| {
            let server = run.host("server", |context, socket| {
                download::serve(context, socket, &FILE)
            });
            run.context.sleep(ms(1)).await;
            let world = run.context.world();
            if run.fault {
                let cut = Cut {
                    after_bytes: run.pick(600) as u64,
                    how: How::Fin,
                };
                world.cut("server", "root", cut).unwrap();
            }
            let mut fetched = 0;
            for _ in 0..3 {
                if let Ok(file) = download::fetch(&run.context, at(&server), run.fixed).await {
                    assert_eq!(file, FILE, "a part was taken for the whole");
                    fetched += 1;
                }
                world.heal();
            }
            fetched
        },
    );
}

#[test]
fn cut_rst() {
    judge(FaultKind::Cut, "records are missing", async |run: Run| {
        let records = Seen::default();
        let told = records.clone();
        let collector = run.host("collector", move |context, socket| {
            let told = told.clone();
            syslog::collect(context, socket, move |record| told.see(record))
        });
        run.context.sleep(ms(1)).await;
        if run.fault {
            let cut = Cut {
                after_bytes: run.pick(160) as u64,
                how: How::Rst,
            };
            let (context, world) = (run.context.clone(), run.context.world());
            world.cut("root", "collector", cut).unwrap();
            run.context.spawn("driver", async move {
                context.sleep(ms(20)).await;
                world.heal();
            });
        }
        syslog::ship(&run.context, at(&collector), 20, run.fixed).await;
        let mut records = records.all();
        records.sort_unstable();
        records.dedup();
        assert_eq!(records.len(), 20, "records are missing");
        20
    });
}

#[test]
fn cut_black_hole() {
    judge(
        FaultKind::Cut,
        "a node that is well was given up",
        async |run: Run| {
            let fixed = run.fixed;
            let controller = run.host("controller", status::watch);
            let to = at(&controller);
            run.context.sleep(ms(1)).await;
            run.host("node", move |context, _| status::report(context, to, fixed));
            if run.fault {
                let cut = Cut {
                    after_bytes: 5 + run.pick(20) as u64,
                    how: How::BlackHole,
                };
                run.context.world().cut("controller", "node", cut).unwrap();
            }
            let given_up = run.context.timeout(120 * SECOND, controller.wait());
            assert!(given_up.await.is_err(), "a node that is well was given up");
            1
        },
    );
}
