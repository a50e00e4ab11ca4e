//! Who may even try: bounds on peers that have not yet proved who they are.
//!
//! Without them a stranger could take all places, or try tokens for ever (reliability threat T15). The
//! shapes are OpenSSH's: `MaxStartups` with random early drop, and `PerSourcePenalties`.

mod penalties;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use penalties::Penalties;

/// Peers that may be in their handshake at the same time.
const SLOTS: usize = 64;
/// Beyond so many, peers are turned away at random: whoever comes honestly and again gets in, whoever
/// holds on to many places does not keep them.
const EARLY: usize = 16;
/// The chance to be turned away once [`EARLY`] is reached, growing to 1 at [`SLOTS`].
const EARLY_CHANCE: f64 = 0.3;
/// Peers of one source in their handshake.
const PER_SOURCE: usize = 8;

/// Why somebody may not even try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turned {
    /// All places are taken, or chance decided so.
    Full,
    /// Its source has enough places.
    SourceFull,
    /// Its source must wait.
    Penalty,
}

/// What a source is penalised for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offence {
    /// It presented no valid token.
    Token,
    /// It held its place until the deadline.
    Deadline,
}

/// Addresses that are one peer to us: an IPv6 network of 64 bits is one customer's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Source(IpAddr);

impl Source {
    /// `None` for loopback: behind it are tunnels and the web pages of whoever sits here, which must
    /// not be able to shut each other out.
    fn of(address: IpAddr) -> Option<Self> {
        match address.to_canonical() {
            address if address.is_loopback() => None,
            IpAddr::V6(address) => {
                Some(Self(IpAddr::V6((address.to_bits() & !(u128::MAX >> 64)).into())))
            }
            address => Some(Self(address)),
        }
    }
}

#[derive(Debug, Default)]
struct State {
    taken: usize,
    sources: HashMap<Source, usize>,
    penalties: Penalties,
}

/// The gate before an Agent's TCP port.
#[derive(Debug, Default)]
pub struct Gate {
    state: Mutex<State>,
}

impl Gate {
    /// Gives a place to try in, unless there is none for this address.
    ///
    /// # Errors
    /// Why not; the peer is told nothing.
    pub fn admit(self: &Arc<Self>, address: IpAddr) -> Result<Place, Turned> {
        self.admit_by(address, random_fraction())
    }

    fn admit_by(self: &Arc<Self>, address: IpAddr, chance: f64) -> Result<Place, Turned> {
        let source = Source::of(address);
        let mut state = self.state();
        if source.is_some_and(|source| state.penalties.hold(source, Instant::now())) {
            return Err(Turned::Penalty);
        }
        if chance < drop_chance(state.taken) {
            return Err(Turned::Full);
        }
        if let Some(source) = source {
            let own = state.sources.entry(source).or_default();
            if *own >= PER_SOURCE {
                return Err(Turned::SourceFull);
            }
            *own += 1;
        }
        state.taken += 1;
        Ok(Place { gate: self.clone(), source })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The chance to be turned away when so many places are taken.
fn drop_chance(taken: usize) -> f64 {
    let into = |count: usize| u32::try_from(count).map_or(f64::MAX, f64::from);
    match taken {
        SLOTS.. => 2.0,
        ..EARLY => 0.0,
        _ => {
            let way = into(taken - EARLY) / into(SLOTS - EARLY);
            EARLY_CHANCE + (1.0 - EARLY_CHANCE) * way
        }
    }
}

/// In `0.0..=1.0`. Without an entropy source nobody is turned away early.
fn random_fraction() -> f64 {
    getrandom::u32().map_or(1.0, |value| f64::from(value) / f64::from(u32::MAX))
}

/// A place to try in; given back when dropped.
#[derive(Debug)]
pub struct Place {
    gate: Arc<Gate>,
    source: Option<Source>,
}

impl Place {
    /// Has the peer's source wait before it may try again.
    pub fn penalise(self, offence: Offence) {
        let Some(source) = self.source else { return };
        let wait = self.gate.state().penalties.add(source, Instant::now());
        tracing::debug!(source = %source.0, ?offence, ?wait, "a source must wait");
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut state = self.gate.state();
        state.taken = state.taken.saturating_sub(1);
        let Some(source) = self.source else { return };
        if let Some(own) = state.sources.get_mut(&source) {
            *own = own.saturating_sub(1);
            if *own == 0 {
                state.sources.remove(&source);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn one_source_gets_eight_places_and_gives_them_back() {
        let gate = Arc::new(Gate::default());
        let stranger = ip("203.0.113.7");
        let places: Vec<_> =
            (0..PER_SOURCE).map(|_| gate.admit_by(stranger, 1.0).unwrap()).collect();
        assert_eq!(gate.admit_by(stranger, 1.0).unwrap_err(), Turned::SourceFull);
        assert!(gate.admit_by(ip("203.0.113.8"), 1.0).is_ok(), "others are not concerned");
        drop(places);
        assert!(gate.admit_by(stranger, 1.0).is_ok());
        let state = gate.state();
        assert_eq!((state.taken, state.sources.len()), (0, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn all_places_are_bounded_and_the_last_ones_are_a_matter_of_luck() {
        let gate = Arc::new(Gate::default());
        let mut places: Vec<_> = (0..16)
            .map(|i| gate.admit_by(IpAddr::V4([10, 0, 0, i].into()), 0.0).unwrap())
            .collect();
        let next = || IpAddr::V4([10, 0, 1, 0].into());
        assert_eq!(gate.admit_by(next(), 0.29).unwrap_err(), Turned::Full);
        places
            .extend((0..48).map(|i| gate.admit_by(IpAddr::V4([10, 0, 2, i].into()), 1.0).unwrap()));
        assert_eq!(gate.admit_by(next(), 1.0).unwrap_err(), Turned::Full);
        places.truncate(20);
        assert!(gate.admit_by(next(), 0.9).is_ok());
        assert!((0..SLOTS).all(|taken| drop_chance(taken) <= drop_chance(taken + 1)));
    }

    #[tokio::test(start_paused = true)]
    async fn an_offender_waits_longer_each_time_and_loopback_never() {
        let gate = Arc::new(Gate::default());
        let (stranger, same) = (ip("2001:db8::1"), ip("2001:db8::ffff:2"));
        for wait in [1, 5, 10, 20] {
            gate.admit_by(stranger, 1.0).unwrap().penalise(Offence::Token);
            assert_eq!(gate.admit_by(same, 1.0).unwrap_err(), Turned::Penalty);
            tokio::time::advance(Duration::from_secs(wait) - Duration::from_millis(1)).await;
            assert_eq!(gate.admit_by(same, 1.0).unwrap_err(), Turned::Penalty);
            tokio::time::advance(Duration::from_millis(1)).await;
        }
        assert!(gate.admit_by(ip("2001:db8:0:1::1"), 1.0).is_ok(), "another network");
        for local in [ip("127.0.0.1"), ip("::1"), ip("::ffff:127.0.0.9")] {
            gate.admit_by(local, 1.0).unwrap().penalise(Offence::Deadline);
            assert!(gate.admit_by(local, 1.0).is_ok());
        }
    }
}
