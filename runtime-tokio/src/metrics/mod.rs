//! A run's metrics, as Prometheus reads them. What is counted where is for the parts to say.

mod latency;
mod meter;
mod tally;

pub(crate) use meter::{Bytes, Meter, Meters, Operation, Stopwatch};

use crate::{Context, run::Run};
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeLabelSet, MetricEncoder, NoLabelSet, text},
    metrics::MetricType,
    registry::{Registry, Unit},
};
use std::{fmt, sync::Arc};

/// What a run counts, by label: tasks by their own, the rest by that of the task that dialled, accepted,
/// opened or bound, for datagrams, or else asked. The root's is empty.
///
/// | metric | what it counts |
/// |---|---|
/// | `runtime_tasks_spawned_total` | tasks and blocking work so far |
/// | `runtime_tasks_running` | those that have not ended |
/// | `runtime_network_sent_bytes_total`, `…_received_bytes_total` | bytes of connections and datagrams |
/// | `runtime_storage_read_bytes_total`, `…_written_bytes_total` | bytes of blobs |
/// | `runtime_network_operations_total`, `runtime_storage_operations_total` | those that ended, by `operation` |
/// | `runtime_network_failures_total`, `runtime_storage_failures_total` | those that ended in an error |
/// | `runtime_network_duration_seconds`, `runtime_storage_duration_seconds` | how long they took, in buckets from 10 µs to 10 s |
///
/// An `operation` of the network is `dial`, `accept`, `send`, `recv`, `send_to`, `recv_from` or
/// `resolve`; of storage `open`, `remove`, `scan`, `len`, `read`, `read_cached`, `write`, `truncate` or
/// `sync`, which a `close` is as well. One that a label has not done is not there.
///
/// Dials and resolutions are timed. Any other operation of the network that need not wait counts as
/// taking no time. Of those that wait, the first eight of each socket and direction are timed and then
/// about one in eight, by chance; the others count as taking as long as the one before them that was. So
/// counts and bytes are exact, and durations of busy sockets are estimates. What storage does is timed
/// from the call on, time in its queue included; a read that memory serves is a `read_cached`, and not
/// timed.
///
/// ```
/// use prometheus_client::metrics::counter::Counter;
/// use runtime_tokio::Executor;
/// use runtime_traits::{Runner, Spawner};
///
/// let (runner, context) = Executor::default();
/// runner.start(async {
///     context.spawn("poller", async {}).await.unwrap();
///     let metrics = context.metrics();
///     assert!(metrics.text().contains("runtime_tasks_spawned_total{label=\"poller\"} 1\n"));
///
///     // With the program's own.
///     let mut registry = metrics.registry();
///     registry.register("orders", "Orders taken", Counter::<u64>::default());
/// });
/// ```
#[derive(Clone, Debug)]
pub struct Metrics(Arc<Run>);

impl Context {
    /// What the run counts.
    pub fn metrics(&self) -> Metrics {
        Metrics(self.run().clone())
    }
}

impl Metrics {
    /// A registry that asks the run anew at each scrape, also after its end.
    pub fn registry(&self) -> Registry {
        let mut registry = Registry::default();
        registry.register_collector(Box::new(self.clone()));
        registry
    }

    /// What they are now, in the text format of OpenMetrics.
    pub fn text(&self) -> String {
        let mut metrics = String::new();
        text::encode(&mut metrics, &self.registry()).expect("a string takes any text");
        metrics
    }
}

impl Collector for Metrics {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        self.tasks(&mut encoder)?;
        let meters = self.0.meters.all();
        PARTS
            .iter()
            .try_for_each(|part| part.encode(&mut encoder, &meters))
    }
}

impl Metrics {
    fn tasks(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let counts = self.0.tasks.counts();
        let name = "runtime_tasks_spawned";
        let mut spawned =
            encoder.encode_descriptor(name, "Tasks spawned", None, MetricType::Counter)?;
        for count in &counts {
            counter(&mut spawned, &[("label", &*count.label)], count.spawned)?;
        }
        let name = "runtime_tasks_running";
        let help = "Tasks that have not ended";
        let mut running = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
        for count in &counts {
            let labels = [("label", &*count.label)];
            running
                .encode_family(&labels)?
                .encode_gauge(&count.running)?;
        }
        Ok(())
    }
}

/// What belongs to the network, or to storage.
struct Part {
    name: &'static str,
    bytes: [(Bytes, &'static str); 2],
    operations: &'static [(Operation, &'static str)],
}

const PARTS: [Part; 2] = [
    Part {
        name: "network",
        bytes: [(Bytes::Sent, "sent"), (Bytes::Received, "received")],
        operations: &[
            (Operation::Dial, "dial"),
            (Operation::Accept, "accept"),
            (Operation::Send, "send"),
            (Operation::Recv, "recv"),
            (Operation::SendTo, "send_to"),
            (Operation::RecvFrom, "recv_from"),
            (Operation::Resolve, "resolve"),
        ],
    },
    Part {
        name: "storage",
        bytes: [(Bytes::Read, "read"), (Bytes::Written, "written")],
        operations: &[
            (Operation::Open, "open"),
            (Operation::Remove, "remove"),
            (Operation::Scan, "scan"),
            (Operation::Len, "len"),
            (Operation::Read, "read"),
            (Operation::ReadCached, "read_cached"),
            (Operation::Write, "write"),
            (Operation::Truncate, "truncate"),
            (Operation::Sync, "sync"),
        ],
    },
];

impl Part {
    fn encode(
        &self,
        encoder: &mut DescriptorEncoder<'_>,
        meters: &[(String, Arc<Meter>)],
    ) -> fmt::Result {
        for (bytes, what) in self.bytes {
            let name = format!("runtime_{}_{what}", self.name);
            let help = format!("Bytes {what}");
            let unit = Some(&Unit::Bytes);
            let mut metric = encoder.encode_descriptor(&name, &help, unit, MetricType::Counter)?;
            for (label, meter) in meters {
                let count = meter.bytes(bytes);
                counter(&mut metric, &[("label", &**label)], count)?;
            }
        }
        self.encode_counts(encoder, meters)?;
        self.encode_durations(encoder, meters)
    }

    fn encode_counts(
        &self,
        encoder: &mut DescriptorEncoder<'_>,
        meters: &[(String, Arc<Meter>)],
    ) -> fmt::Result {
        let name = format!("runtime_{}_operations", self.name);
        let help = "Operations that ended";
        let mut metric = encoder.encode_descriptor(&name, help, None, MetricType::Counter)?;
        for (labels, meter, operation) in self.done(meters) {
            let count = meter.distribution(operation).count;
            counter(&mut metric, &labels, count)?;
        }
        let name = format!("runtime_{}_failures", self.name);
        let help = "Operations that ended in an error";
        let mut metric = encoder.encode_descriptor(&name, help, None, MetricType::Counter)?;
        for (labels, meter, operation) in self.done(meters) {
            let count = meter.failures(operation);
            counter(&mut metric, &labels, count)?;
        }
        Ok(())
    }

    fn encode_durations(
        &self,
        encoder: &mut DescriptorEncoder<'_>,
        meters: &[(String, Arc<Meter>)],
    ) -> fmt::Result {
        let name = format!("runtime_{}_duration", self.name);
        let (help, unit) = ("How long operations took", Some(&Unit::Seconds));
        let mut metric = encoder.encode_descriptor(&name, help, unit, MetricType::Histogram)?;
        let timed = |operation| !matches!(operation, Operation::ReadCached);
        for (labels, meter, operation) in self.done(meters) {
            if timed(operation) {
                let seen = meter.distribution(operation);
                let mut family = metric.encode_family(&labels)?;
                family.encode_histogram::<NoLabelSet>(seen.sum, seen.count, &seen.buckets, None)?;
            }
        }
        Ok(())
    }

    /// Each kind of operation that a label has done, with its labels.
    fn done<'a>(
        &'a self,
        meters: &'a [(String, Arc<Meter>)],
    ) -> impl Iterator<Item = ([(&'static str, &'a str); 2], &'a Meter, Operation)> {
        let of = move |(label, meter): &'a (String, Arc<Meter>)| {
            let operations = self.operations.iter();
            operations
                .filter(|(operation, _)| meter.distribution(*operation).count > 0)
                .map(move |(operation, name)| {
                    let labels = [("label", &**label), ("operation", *name)];
                    (labels, &**meter, *operation)
                })
        };
        meters.iter().flat_map(of)
    }
}

fn counter(
    metric: &mut MetricEncoder<'_>,
    labels: &impl EncodeLabelSet,
    count: u64,
) -> fmt::Result {
    let mut family = metric.encode_family(labels)?;
    family.encode_counter::<NoLabelSet, _, u64>(&count, None)
}
