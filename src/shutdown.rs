//! The order to go down: a value passed in, not a global.

use tokio::sync::watch;

/// Gives the order.
pub struct ShutdownOrder(watch::Sender<bool>);

/// Waits for the order.
#[derive(Clone)]
pub struct Shutdown(watch::Receiver<bool>);

/// An order that is not given yet, and one that waits for it.
#[must_use]
pub fn shutdown() -> (ShutdownOrder, Shutdown) {
    let (sender, receiver) = watch::channel(false);
    (ShutdownOrder(sender), Shutdown(receiver))
}

impl ShutdownOrder {
    /// Tells all who wait.
    pub fn give(&self) {
        self.0.send_replace(true);
    }
}

impl Shutdown {
    /// Returns once the order is given, or whoever could give it is gone.
    pub async fn wait(&self) {
        let mut receiver = self.0.clone();
        let _ = receiver.wait_for(|down| *down).await;
    }

    /// Whether it was given.
    #[must_use]
    pub fn is_down(&self) -> bool {
        *self.0.borrow()
    }
}
