//! What is counted, and under which label.

#[path = "../../examples/metrics.rs"]
#[expect(dead_code, reason = "of a program; the test calls its parts")]
mod example;

use crate::{
    network::{any_port, fill, read_all},
    run, run_with, two_workers,
};
use futures::{
    future::{Either, select},
    poll,
};
use runtime_tokio::Context;
use runtime_traits::{
    Blob, Clock, Datagram, Datagrams, Error, Listener, Network, Resolver, Sink, Spawner, Storage,
    Stream,
};
use std::{pin::pin, time::Duration};

/// The value of a metric, named with its labels; `None` when there is none.
pub(crate) fn value(context: &Context, metric: &str) -> Option<f64> {
    let text = context.metrics().text();
    let line = text.lines().find_map(|line| line.strip_prefix(metric));
    line.map(|value| value.trim().parse().unwrap())
}

/// Sees all of `expected`, in which `LABEL` stands for `label`.
fn assert_metrics(context: &Context, label: &str, expected: &[(&str, f64)]) {
    for (metric, expected) in expected {
        let metric = metric.replace("LABEL", &format!("label=\"{label}\""));
        let text = context.metrics().text();
        assert_eq!(
            value(context, &metric),
            Some(*expected),
            "{metric} in\n{text}"
        );
    }
}

#[test]
fn tasks_are_counted_by_nested_label() {
    run(async |context| {
        let inside = context.clone();
        let (go, wait) = futures::channel::oneshot::channel::<()>();
        let have = context.spawn("have", async move {
            inside.spawn("fun", async {}).await.unwrap();
            inside.spawn("fun", async {}).await.unwrap();
            wait.await
        });
        while value(&context, "runtime_tasks_spawned_total{label=\"have_fun\"}") != Some(2.0) {
            runtime_traits::reschedule().await;
        }
        assert_metrics(&context, "have", &[("runtime_tasks_running{LABEL}", 1.0)]);
        go.send(()).unwrap();
        have.await.unwrap().unwrap();
        assert_metrics(&context, "have", &[("runtime_tasks_running{LABEL}", 0.0)]);
        assert_metrics(
            &context,
            "have_fun",
            &[
                ("runtime_tasks_spawned_total{LABEL}", 2.0),
                ("runtime_tasks_running{LABEL}", 0.0),
            ],
        );
    });
}

#[test]
fn connections_are_counted_by_the_label_that_made_them() {
    run(async |context| {
        let mut listener = context.bind(any_port()).await.unwrap();
        let address = listener.local_addr();
        let inside = context.clone();
        let client = context.spawn("client", async move {
            let (mut sink, mut stream) = inside.dial(address).await.unwrap();
            sink.send(b"hello").await.unwrap();
            stream.recv(&mut [0; 3]).await.unwrap();
        });
        let server = context.spawn("server", async move {
            let (_, mut sink, mut stream) = listener.accept().await.unwrap();
            stream.recv(&mut [0; 5]).await.unwrap();
            sink.send(b"hey").await.unwrap();
        });
        client.await.unwrap();
        server.await.unwrap();
        let both = [
            (
                "runtime_network_operations_total{LABEL,operation=\"send\"}",
                1.0,
            ),
            (
                "runtime_network_operations_total{LABEL,operation=\"recv\"}",
                1.0,
            ),
            (
                "runtime_network_failures_total{LABEL,operation=\"recv\"}",
                0.0,
            ),
            (
                "runtime_network_duration_seconds_count{LABEL,operation=\"send\"}",
                1.0,
            ),
        ];
        for (label, sent, received, made) in
            [("client", 5.0, 3.0, "dial"), ("server", 3.0, 5.0, "accept")]
        {
            assert_metrics(&context, label, &both);
            let made = format!("runtime_network_operations_total{{LABEL,operation=\"{made}\"}}");
            assert_metrics(
                &context,
                label,
                &[
                    ("runtime_network_sent_bytes_total{LABEL}", sent),
                    ("runtime_network_received_bytes_total{LABEL}", received),
                    (&made, 1.0),
                ],
            );
        }
    });
}

#[test]
fn failures_names_and_datagrams_are_counted_too() {
    run(async |context| {
        let gone = context.bind(any_port()).await.unwrap().local_addr();
        context.dial(gone).await.unwrap_err();
        context.resolve("no such host").await.unwrap_err();
        let datagram = context.bind_datagram(any_port()).await.unwrap();
        datagram
            .send_to(b"four", datagram.local_addr())
            .await
            .unwrap();
        datagram.recv_from(&mut [0; 9]).await.unwrap();
        assert_metrics(
            &context,
            "",
            &[
                (
                    "runtime_network_failures_total{LABEL,operation=\"dial\"}",
                    1.0,
                ),
                (
                    "runtime_network_failures_total{LABEL,operation=\"resolve\"}",
                    1.0,
                ),
                (
                    "runtime_network_operations_total{LABEL,operation=\"send_to\"}",
                    1.0,
                ),
                (
                    "runtime_network_operations_total{LABEL,operation=\"recv_from\"}",
                    1.0,
                ),
                ("runtime_network_sent_bytes_total{LABEL}", 4.0),
                ("runtime_network_received_bytes_total{LABEL}", 4.0),
            ],
        );
    });
}

#[test]
fn what_waits_is_timed() {
    run(async |context| {
        let mut listener = context.bind(any_port()).await.unwrap();
        let (mut sink, _stream) = context.dial(listener.local_addr()).await.unwrap();
        let (_, _sink, mut stream) = listener.accept().await.unwrap();
        let mut byte = [0];
        let mut recv = pin!(stream.recv(&mut byte));
        assert!(poll!(&mut recv).is_pending());
        context.sleep(Duration::from_millis(5)).await;
        sink.send(b"x").await.unwrap();
        recv.await.unwrap();
        let sum = "runtime_network_duration_seconds_sum{label=\"\",operation=\"recv\"}";
        let waited = value(&context, sum).unwrap();
        assert!(waited >= 0.005, "{waited}");
        let within = |end: &str| {
            let labels = format!("le=\"{end}\",label=\"\",operation=\"recv\"");
            value(
                &context,
                &format!("runtime_network_duration_seconds_bucket{{{labels}}}"),
            )
        };
        assert_eq!((within("0.003"), within("+Inf")), (Some(0.0), Some(1.0)));
    });
}

#[test]
fn a_send_that_waits_is_timed() {
    run(async |context| {
        let mut listener = context.bind(any_port()).await.unwrap();
        let (mut sink, _stream) = context.dial(listener.local_addr()).await.unwrap();
        let (_, _sink, mut stream) = listener.accept().await.unwrap();
        fill(&mut sink).await;
        let mut send = pin!(sink.send(b"more"));
        assert!(poll!(&mut send).is_pending());
        context.sleep(Duration::from_millis(5)).await;
        let mut buf = vec![0; 1 << 16];
        let read = async { while stream.recv_some(&mut buf).await.unwrap() > 0 {} };
        let mut read = pin!(read);
        let sent = select(send, &mut read).await;
        assert!(matches!(sent, Either::Left((Ok(()), _))));
        let sum = "runtime_network_duration_seconds_sum{label=\"\",operation=\"send\"}";
        let waited = value(&context, sum).unwrap();
        assert!(waited >= 0.005, "{waited}");
    });
}

#[test]
fn a_connection_counts_for_the_task_that_made_it_whoever_uses_it() {
    run(async |context| {
        let mut listener = context.bind(any_port()).await.unwrap();
        let address = listener.local_addr();
        let inside = context.clone();
        let dialled = context.spawn("client", async move { inside.dial(address).await.unwrap() });
        let (_, _sink, mut stream) = listener.accept().await.unwrap();
        let (mut sink, _stream) = dialled.await.unwrap();
        sink.send(b"hello").await.unwrap();
        stream.recv(&mut [0; 5]).await.unwrap();
        let sent = [("runtime_network_sent_bytes_total{LABEL}", 5.0)];
        assert_metrics(&context, "client", &sent);
        let received = [("runtime_network_received_bytes_total{LABEL}", 5.0)];
        assert_metrics(&context, "", &received);
    });
}

#[test]
fn blobs_are_counted_by_the_label_that_opened_them() {
    run_with(two_workers(), async |context| {
        let inside = context.clone();
        let opened = context.spawn("disk", async move { inside.open("p", b"x").await.unwrap() });
        let blob = opened.await.unwrap();
        blob.write_at(b"seven b", 0).await.unwrap();
        blob.sync().await.unwrap();
        let mut bytes = [0; 5];
        blob.read_at(&mut bytes, 1).await.unwrap();
        let short = blob.read_at(&mut bytes, 5).await;
        assert_eq!(short, Err(Error::BlobInsufficientLength));
        assert_metrics(
            &context,
            "disk",
            &[
                (
                    "runtime_storage_operations_total{LABEL,operation=\"open\"}",
                    1.0,
                ),
                (
                    "runtime_storage_operations_total{LABEL,operation=\"write\"}",
                    1.0,
                ),
                (
                    "runtime_storage_operations_total{LABEL,operation=\"sync\"}",
                    1.0,
                ),
                (
                    "runtime_storage_duration_seconds_count{LABEL,operation=\"sync\"}",
                    1.0,
                ),
                (
                    "runtime_storage_failures_total{LABEL,operation=\"read\"}",
                    1.0,
                ),
                ("runtime_storage_written_bytes_total{LABEL}", 7.0),
                ("runtime_storage_read_bytes_total{LABEL}", 5.0),
            ],
        );
    });
}

/// As a program with an HTTP client sees them.
#[test]
fn the_example_serves_them_over_http() {
    run(async |context| {
        let listener = context.bind(any_port()).await.unwrap();
        let address = listener.local_addr();
        let server = context.spawn("http", example::serve(context.clone(), listener));
        let get = async |path: &str| {
            let (mut sink, mut stream) = context.dial(address).await.unwrap();
            let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n");
            sink.send(request.as_bytes()).await.unwrap();
            String::from_utf8(read_all(&mut stream).await.unwrap()).unwrap()
        };
        let metrics = get("/metrics").await;
        assert!(metrics.starts_with("HTTP/1.1 200 OK\r\n"), "{metrics}");
        assert!(
            metrics.contains("runtime_tasks_running{label=\"http\"} 1\n"),
            "{metrics}"
        );
        assert!(metrics.ends_with("# EOF\n"), "{metrics}");
        assert!(get("/").await.starts_with("HTTP/1.1 404 Not Found\r\n"));
        context.stop(0);
        server.await.unwrap();
    });
}
