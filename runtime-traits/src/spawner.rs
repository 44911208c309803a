//! Tasks, and the word to stop.

use crate::{Handle, Signal};

/// Starts tasks, and tells them when the program is to end.
pub trait Spawner: Clone + Send + Sync + 'static {
    /// Starts a task. It runs without being awaited, and dropping the handle detaches it.
    ///
    /// From a task of another run, or outside any task, it starts a task of this context's run all the
    /// same, whose label begins there.
    ///
    /// `label` counts and names tasks of one kind; labels nest, so that `fun` spawned by a task
    /// labelled `have` is `have_fun`. Use few: each different label is kept for the life of the
    /// runtime.
    ///
    /// # What does not compile
    /// A task may move to another thread wherever it waits. What is not [`Send`] must be gone by
    /// then, or be replaced, as an `Rc` by an `Arc`:
    ///
    /// ```compile_fail
    /// # use runtime_traits::{Spawner, reschedule};
    /// # use std::{rc::Rc, sync::Arc};
    /// # fn start(spawner: impl Spawner) {
    /// spawner.spawn("count", async {
    ///     let seen = Rc::new(7);
    ///     reschedule().await;
    ///     println!("{seen}");
    /// });
    /// # }
    /// ```
    /// ```
    /// # use runtime_traits::{Spawner, reschedule};
    /// # use std::{rc::Rc, sync::Arc};
    /// # fn start(spawner: impl Spawner) {
    /// spawner.spawn("count", async {
    ///     let seen = Arc::new(7);
    ///     reschedule().await;
    ///     println!("{seen}");
    /// });
    /// # }
    /// ```
    ///
    /// The guard of a std mutex is not `Send` either, and would keep every other task out for as
    /// long as this one waits. Take out of it what is needed:
    ///
    /// ```compile_fail
    /// # use runtime_traits::{Spawner, reschedule};
    /// # use std::sync::{Arc, Mutex};
    /// # fn start(spawner: impl Spawner, total: Arc<Mutex<u64>>) {
    /// spawner.spawn("report", async move {
    ///     let now = total.lock().unwrap();
    ///     reschedule().await;
    ///     println!("{now}");
    /// });
    /// # }
    /// ```
    /// ```
    /// # use runtime_traits::{Spawner, reschedule};
    /// # use std::sync::{Arc, Mutex};
    /// # fn start(spawner: impl Spawner, total: Arc<Mutex<u64>>) {
    /// spawner.spawn("report", async move {
    ///     let now = *total.lock().unwrap();
    ///     reschedule().await;
    ///     println!("{now}");
    /// });
    /// # }
    /// ```
    ///
    /// A task may outlive the function that spawned it, and so borrows nothing of it. `move` gives
    /// it what it names:
    ///
    /// ```compile_fail,E0373
    /// # use runtime_traits::Spawner;
    /// # fn start(spawner: impl Spawner) {
    /// let name = String::from("Ada");
    /// spawner.spawn("greet", async {
    ///     println!("hello {name}");
    /// });
    /// # }
    /// ```
    /// ```
    /// # use runtime_traits::Spawner;
    /// # fn start(spawner: impl Spawner) {
    /// let name = String::from("Ada");
    /// spawner.spawn("greet", async move {
    ///     println!("hello {name}");
    /// });
    /// # }
    /// ```
    ///
    /// With `move` a reference is still one. Give the task a value of its own:
    ///
    /// ```compile_fail,E0597
    /// # use runtime_traits::Spawner;
    /// # fn start(spawner: impl Spawner) {
    /// let people = vec!["Ada".to_owned(), "Grace".to_owned()];
    /// for name in &people {
    ///     spawner.spawn("greet", async move {
    ///         println!("hello {name}");
    ///     });
    /// }
    /// # }
    /// ```
    /// ```
    /// # use runtime_traits::Spawner;
    /// # fn start(spawner: impl Spawner) {
    /// let people = vec!["Ada".to_owned(), "Grace".to_owned()];
    /// for name in people {
    ///     spawner.spawn("greet", async move {
    ///         println!("hello {name}");
    ///     });
    /// }
    /// # }
    /// ```
    ///
    /// # Panics
    /// A panic of the task is propagated to [`Runner::start`](crate::Runner::start), or caught,
    /// logged and given to the handle as [`Error::Exited`](crate::Error::Exited), as the backend is
    /// configured.
    #[track_caller]
    fn spawn<F>(&self, label: &str, future: F) -> Handle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static;

    /// Starts work that blocks its thread: a long computation, a library that does its own I/O. It
    /// has a label and is counted as a task is, and a panic is dealt with as a task's.
    ///
    /// Aborting it resolves the handle at once; work that has begun runs on to its end, and whether
    /// other work begins is the backend's choice. At the end of the run it is waited for as long as the
    /// backend's configuration says, then abandoned: it may run on while the program goes on after
    /// [`Runner::start`](crate::Runner::start).
    ///
    /// Without threads to spare, as in a simulator, a backend runs it in a task, in one poll, which is
    /// what this provided method does. Nothing else runs meanwhile: work that waits for a task never
    /// ends there.
    ///
    /// ```
    /// use runtime_traits::{Error, Spawner};
    ///
    /// async fn checksum<C: Spawner>(context: C, bytes: Vec<u8>) -> Result<u64, Error> {
    ///     let work = move || bytes.iter().fold(7, |sum: u64, byte| {
    ///         sum.rotate_left(5) ^ u64::from(*byte)
    ///     });
    ///     context.spawn_blocking("checksum", work).await
    /// }
    /// ```
    ///
    /// # Panics
    /// As [`spawn`](Self::spawn).
    #[track_caller]
    fn spawn_blocking<F, T>(&self, label: &str, work: F) -> Handle<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        Handle::of_blocking(self.spawn(label, async move { work() }))
    }

    /// Tells every task that watches [`stopped`](Self::stopped) to finish. It kills none, and the root
    /// must return for the run to end. The first value wins; what it means, as an exit code, is the
    /// program's affair. The signal has resolved when this returns.
    ///
    /// It is told to this run alone, on a simulator to this life of this host.
    fn stop(&self, value: i32);

    /// Resolves once [`stop`](Self::stop) has been called, at once if it was called before, with
    /// `stop`'s value; with [`Error::Closed`](crate::Error::Closed) once the runtime is gone without.
    ///
    /// ```
    /// use runtime_traits::{Clock, Error, Spawner};
    /// use std::time::Duration;
    ///
    /// /// Works every second until it is told to stop.
    /// async fn work<C: Spawner + Clock>(context: C, mut step: impl FnMut()) {
    ///     let mut stopped = context.stopped();
    ///     while let Err(Error::Timeout) = context.timeout(Duration::from_secs(1), &mut stopped).await {
    ///         step();
    ///     }
    /// }
    /// ```
    fn stopped(&self) -> Signal;
}
