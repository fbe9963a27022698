//! How many requests are at the service at once.

/// Counts requests in flight against a limit. The limit is fixed.
#[derive(Debug)]
pub(super) struct Limiter {
    limit: usize,
    in_flight: usize,
}

impl Limiter {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit: limit.max(1), in_flight: 0 }
    }

    /// Takes a slot where there is one.
    pub(super) fn try_take(&mut self) -> bool {
        let room = !self.is_full();
        self.in_flight += usize::from(room);
        room
    }

    pub(super) fn is_full(&self) -> bool {
        self.in_flight >= self.limit
    }

    pub(super) fn give_back(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
    }

    pub(super) fn in_flight(&self) -> usize {
        self.in_flight
    }
}
