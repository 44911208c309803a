//! Values: buffers, codecs and maps.

use crate::ecosystem::replay::{Log, MILLI, complete, crowd, gather, replays};
use bytes::{Buf, BufMut, Bytes, BytesMut};
use indexmap::{IndexMap, IndexSet};
use runtime_deterministic::Context;
use runtime_traits::Clock;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Message {
    who: u32,
    round: u32,
    tags: BTreeMap<String, u32>,
}

/// Messages in frames: a length, then JSON.
#[test]
fn codecs() {
    replays(async |context: Context| {
        let (sender, mut receiver) = tokio::sync::mpsc::channel::<Bytes>(1);
        let crowd = crowd(&context, move |who, round| {
            let tags = [("b", who), ("a", round)]
                .map(|(tag, value)| (tag.into(), value))
                .into();
            let json = serde_json::to_vec(&Message { who, round, tags }).unwrap();
            let mut frame = BytesMut::new();
            frame.put_u32(json.len() as u32);
            frame.put_slice(&json);
            let sender = sender.clone();
            async move { sender.send(frame.freeze()).await.unwrap() }
        });
        let (mut received, mut wire) = (Vec::new(), Vec::new());
        while let Some(mut frame) = receiver.recv().await {
            context.sleep(MILLI / 10).await;
            wire.extend_from_slice(&frame);
            let len = frame.get_u32() as usize;
            let message: Message = serde_json::from_slice(&frame.split_to(len)).unwrap();
            assert_eq!(message.tags["b"], message.who);
            received.push((message.who, message.round));
        }
        gather(crowd).await;
        (complete(received), wire)
    });
}

/// They keep the order of insertion, whatever the hasher.
#[test]
fn index_maps() {
    replays(async |context: Context| {
        let map = Arc::new(Mutex::new((IndexMap::new(), IndexSet::new())));
        let shared = map.clone();
        let crowd = crowd(&context, move |who, round| {
            let mut map = shared.lock().unwrap();
            map.0.insert((who, round), who + round);
            map.1.insert(who);
            std::future::ready(())
        });
        gather(crowd).await;
        let (map, set) = Arc::into_inner(map).unwrap().into_inner().unwrap();
        let first = complete(map.into_keys().collect());
        (first, set.into_iter().collect::<Vec<_>>())
    });
}

/// Asked by key. Its iteration is another matter.
#[test]
#[expect(clippy::disallowed_types, reason = "it is asked by key alone")]
fn dash_map_by_key() {
    replays(async |context: Context| {
        let (map, log) = (Arc::new(dashmap::DashMap::new()), Log::default());
        let (shared, notes) = (map.clone(), log.clone());
        let crowd = crowd(&context, move |who, round| {
            *shared.entry(round).or_insert(0) += 1 + who;
            notes.note(who, round);
            std::future::ready(())
        });
        gather(crowd).await;
        assert_eq!(map.get(&0).map(|sum| *sum), Some(1 + 2 + 3 + 4));
        assert_eq!(map.remove(&1), Some((1, 10)));
        log.complete()
    });
}
