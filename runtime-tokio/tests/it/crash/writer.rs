//! A process that writes and is killed, and what it had acknowledged by then.

use super::script::{Contents, partitions, steps};
use crate::run_with;
use futures::future::join_all;
use runtime_tokio::{Config, ConfigError, Executor, Threads};
use runtime_traits::{Blob, Spawner, Storage};
use std::{
    env,
    io::{BufRead, BufReader, Lines},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
};

pub(super) const TASKS: usize = 3;

fn config(directory: &Path) -> Config {
    let mut config = Config::default();
    config.threads = Threads::Workers(2);
    config.storage = Some(directory.into());
    config
}

/// The writer's own process: it says what it has done and goes on until it is killed.
#[test]
#[ignore = "the tests of crashes run it, and kill it"]
fn write_until_killed() {
    let Some(directory) = env::var_os("CRASH_DIRECTORY") else {
        return;
    };
    let seed = env::var("CRASH_SEED").unwrap().parse().unwrap();
    run_with(config(directory.as_ref()), async |context| {
        let tasks = (0..TASKS).map(|task| {
            let inside = context.clone();
            context.spawn("writer", async move {
                for step in steps(seed, task) {
                    step.perform(&inside).await.unwrap();
                    println!("\ndone {task}");
                }
            })
        });
        join_all(tasks).await;
    });
}

/// A running writer.
pub(super) struct Writer {
    process: Child,
    said: Lines<BufReader<ChildStdout>>,
    /// How many steps each task has acknowledged.
    pub(super) done: [usize; TASKS],
}

impl Writer {
    pub(super) fn start(directory: &Path, seed: u64, environment: &[(&str, &Path)]) -> Self {
        let test = ["crash::writer::write_until_killed", "--exact", "--ignored"];
        let mut process = Command::new(env::current_exe().unwrap())
            .args(test)
            .arg("--nocapture")
            .env("CRASH_DIRECTORY", directory)
            .env("CRASH_SEED", seed.to_string())
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(process.stdout.take().unwrap()).lines();
        let done = [0; TASKS];
        Self {
            process,
            said,
            done,
        }
    }

    /// Waits for the next acknowledgement; `false` when there is none left.
    pub(super) fn hear(&mut self) -> bool {
        while let Some(Ok(line)) = self.said.next() {
            if let Some(task) = line.strip_prefix("done ") {
                self.done[task.parse::<usize>().unwrap()] += 1;
                return true;
            }
        }
        false
    }

    /// Nobody else is let into the writer's directory, and hears why.
    pub(super) fn holds(&self, directory: &Path) {
        let refused = Executor::try_init(config(directory)).unwrap_err();
        assert!(matches!(refused, ConfigError::StorageInUse { .. }));
        let text = format!("{} is in use by another run", directory.display());
        assert!(refused.to_string().starts_with(&text), "{refused}");
    }

    /// Kills it, and hears what it had said.
    pub(super) fn kill(mut self) -> [usize; TASKS] {
        self.process.kill().unwrap();
        let status = self.process.wait().unwrap();
        assert_eq!(status.code(), None, "the writer ended by itself");
        while self.hear() {}
        self.done
    }
}

/// What a new run reads in `directory`, by task.
pub(super) fn contents(directory: &Path) -> [Contents; TASKS] {
    run_with(config(directory), async |context| {
        let mut tasks: [Contents; TASKS] = Default::default();
        for (task, found) in tasks.iter_mut().enumerate() {
            for partition in partitions(task) {
                let Ok(names) = context.scan(&partition).await else {
                    continue;
                };
                let blobs = found.entry(partition.clone()).or_default();
                for name in names {
                    let blob = context.open(&partition, &name).await.unwrap();
                    let mut bytes = vec![0; blob.len().await.unwrap().try_into().unwrap()];
                    blob.read_at(&mut bytes, 0).await.unwrap();
                    blobs.insert(name, bytes);
                }
            }
        }
        tasks
    })
}

/// Whether all that was acknowledged of `seed` is found, and the rest is as it was.
///
/// # Errors
/// What is wrong, in a sentence.
pub(super) fn check(
    seed: u64,
    before: &[Contents; TASKS],
    done: [usize; TASKS],
    found: &[Contents; TASKS],
) -> Result<(), String> {
    for task in 0..TASKS {
        let mut contents = before[task].clone();
        let mut script = steps(seed, task);
        let acknowledged = script.by_ref().take(done[task]);
        acknowledged.for_each(|step| step.apply(&mut contents));
        let next = script.next().unwrap();
        next.check(&contents, &found[task]).map_err(|wrong| {
            format!(
                "seed {seed}, task {task}, {} steps done: {wrong}",
                done[task]
            )
        })?;
    }
    Ok(())
}
