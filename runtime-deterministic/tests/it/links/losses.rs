//! What is lost, and when it is sent again.

use super::{connection, idle, ms, run};
use runtime_deterministic::{Config, Executor, FaultKind, Ratio, Record, World};
use runtime_traits::{Clock, Error, Runner, Sink, Stream};

/// A millisecond each way.
fn steady(world: &World) {
    for [from, to] in [["root", "server"], ["server", "root"]] {
        world.link(from, to).unwrap().latency(ms(1)..=ms(1));
    }
}

#[test]
fn what_is_sent_and_read_meanwhile_does_not_put_off_what_is_sent_again() {
    run(async |context, world| {
        let server = idle(&world);
        let [(mut sink, _stream), (_far, mut there)] = connection(&context, &server).await?;
        steady(&world);
        sink.send(&[7; 20_000]).await?;
        context.sleep(ms(10)).await;
        let link = world.link("root", "server").unwrap();
        link.loss(Ratio::ALWAYS);
        sink.send(b"x").await?;
        link.loss(Ratio::NEVER);
        for _ in 0..20 {
            sink.send(b"x").await?;
            there.recv(&mut [0]).await?;
            context.sleep(ms(1)).await;
        }
        let rest = context.timeout(ms(1), there.recv(&mut [0; 20_001])).await;
        assert_eq!(rest, Ok(Ok(())));
        Ok(())
    });
}

/// Ten segments at once, of which some get lost: as long as what is sent again gets through, its
/// answers tell of the next.
#[test]
fn of_several_losses_each_is_heard_of_and_each_is_counted_once() {
    let mut most = 0;
    for seed in 0..20 {
        let mut config = Config::default();
        (config.seed, config.record) = (seed, Record::All);
        let (runner, context, auditor) = Executor::init(config);
        runner
            .start(async {
                let world = context.world();
                let server = idle(&world);
                let [(mut sink, _stream), (_far, mut there)] =
                    connection(&context, &server).await?;
                steady(&world);
                world.link("root", "server").unwrap().loss(Ratio::new(1, 3));
                for _ in 0..10 {
                    sink.send(b"x").await?;
                }
                there.recv(&mut [0; 10]).await
            })
            .unwrap_or_else(|error: Error| panic!("seed {seed}: {error}"));
        let log = auditor.log().unwrap();
        let lost = log
            .entries()
            .filter(|entry| entry.words.contains("is lost: by chance"));
        let fired = auditor.fired();
        let counted = fired.get(&FaultKind::Loss).copied().unwrap_or_default();
        assert_eq!(counted, lost.count() as u64, "seed {seed}");
        let soon = log.entries().filter(|entry| entry.time < ms(150));
        let again = soon
            .filter(|entry| entry.words.contains("sends again"))
            .count();
        most = most.max(again);
    }
    assert!(most > 2, "{most} were sent again in a round trip");
}
