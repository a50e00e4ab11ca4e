//! A recording that is being played: where it is, and the screen there. Pure: time comes in.

use std::time::Duration;

use crate::cast::{Cast, Event, What};
use crate::term::{Screen, ScreenOptions, View};

/// Slowest and fastest: as a power of two.
const SPEEDS: std::ops::RangeInclusive<i32> = -4..=8;

/// A recording and where it is.
#[derive(Debug)]
pub struct Player {
    cast: Cast,
    screen: Screen,
    /// The first event that has not been shown.
    next: usize,
    /// Microseconds.
    position: u64,
    speed: f64,
    playing: bool,
    /// What was last marked.
    note: Option<String>,
}

impl Player {
    /// At the beginning, playing. No pause is longer than `idle_limit`.
    #[must_use]
    pub fn new(mut cast: Cast, speed: f64, idle_limit: Option<Duration>) -> Self {
        if let Some(limit) = idle_limit {
            limit_pauses(&mut cast.events, u64::try_from(limit.as_micros()).unwrap_or(u64::MAX));
        }
        let screen = Screen::new(cast.size, options());
        Self { cast, screen, next: 0, position: 0, speed, playing: true, note: None }
    }

    /// The screen now.
    #[must_use]
    pub fn view(&self) -> View {
        View::of(&self.screen, 0)
    }

    /// Where it is and how long it is, in microseconds.
    #[must_use]
    pub fn place(&self) -> (u64, u64) {
        (self.position, self.cast.length())
    }

    /// How much faster than it was.
    #[must_use]
    pub const fn speed(&self) -> f64 {
        self.speed
    }

    /// Whether time goes on.
    #[must_use]
    pub const fn is_playing(&self) -> bool {
        self.playing
    }

    /// What was last marked.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// Real time until the next event; `None` while nothing goes on.
    #[must_use]
    pub fn until_next(&self) -> Option<Duration> {
        let next = self.cast.events.get(self.next).filter(|_| self.playing)?;
        let micros = next.at.saturating_sub(self.position) as f64 / self.speed;
        Some(Duration::from_micros(micros as u64))
    }

    /// So much real time went by.
    pub fn advance(&mut self, elapsed: Duration) {
        if self.playing {
            let micros = elapsed.as_micros() as f64 * self.speed;
            self.play_to(self.position.saturating_add(micros as u64));
        }
    }

    fn play_to(&mut self, position: u64) {
        let (_, length) = self.place();
        self.position = position.min(length);
        while let Some(event) =
            self.cast.events.get(self.next).filter(|event| event.at <= self.position)
        {
            match &event.what {
                What::Output(text) => self.screen.feed(text.as_bytes()),
                What::Resize(size) => self.screen.resize(*size),
                What::Marker(text) => self.note = Some(text.clone()),
                What::Exit(status) => self.note = Some(format!("exit {status}")),
            }
            // Nobody is there to answer or to tell.
            self.screen.take_replies();
            self.screen.take_notices();
            self.next += 1;
        }
        if self.next == self.cast.events.len() {
            self.playing = false;
        }
    }

    /// Goes to a place, in microseconds.
    pub fn seek(&mut self, position: u64) {
        let playing = self.playing;
        if position < self.position {
            self.screen = Screen::new(self.cast.size, options());
            (self.next, self.position, self.note) = (0, 0, None);
        }
        self.play_to(position);
        self.playing = playing && self.next < self.cast.events.len();
    }

    /// Goes so many seconds forth or back.
    pub fn skip(&mut self, seconds: i64) {
        let by = seconds.unsigned_abs() * 1_000_000;
        self.seek(match seconds < 0 {
            true => self.position.saturating_sub(by),
            false => self.position.saturating_add(by),
        });
    }

    /// Stops where it is, or goes on; at the end from the beginning.
    pub fn toggle(&mut self) {
        if self.next == self.cast.events.len() {
            self.seek(0);
            self.playing = true;
        } else {
            self.playing = !self.playing;
        }
    }

    /// Stops, and shows what happened next.
    pub fn step(&mut self) {
        self.playing = false;
        if let Some(event) = self.cast.events.get(self.next) {
            self.play_to(event.at);
        }
    }

    /// Twice as fast, or half.
    pub fn faster(&mut self, faster: bool) {
        let (slowest, fastest) = (2_f64.powi(*SPEEDS.start()), 2_f64.powi(*SPEEDS.end()));
        self.speed = (self.speed * if faster { 2.0 } else { 0.5 }).clamp(slowest, fastest);
    }

    /// Goes to the next marker or the one before.
    pub fn seek_marker(&mut self, forth: bool) {
        let marked = |event: &&Event| matches!(event.what, What::Marker(_));
        let (position, mut markers) = (self.position, self.cast.events.iter().filter(marked));
        let found = match forth {
            true => markers.find(|event| event.at > position),
            false => markers.rfind(|event| event.at < position),
        };
        if let Some(at) = found.map(|event| event.at) {
            self.seek(at);
        }
    }
}

fn options() -> ScreenOptions {
    ScreenOptions { replies: false, fast_forward: true, ..ScreenOptions::default() }
}

fn limit_pauses(events: &mut [Event], limit: u64) {
    let (mut before, mut cut) = (0, 0);
    for event in events {
        cut += (event.at - before).saturating_sub(limit);
        before = event.at;
        event.at -= cut;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::Winsize;

    fn cast(events: &[(u64, &str)]) -> Cast {
        let event = |(seconds, text): &(u64, &str)| {
            let what = match text.strip_prefix('#') {
                Some(marker) => What::Marker(marker.to_owned()),
                None => What::Output((*text).to_owned()),
            };
            Event { at: seconds * 1_000_000, what }
        };
        let events = events.iter().map(event).collect();
        Cast { size: Winsize::new(4, 20), events, ..Cast::default() }
    }

    fn player(limit: Option<Duration>) -> Player {
        Player::new(cast(&[(0, "a"), (2, "b"), (4, "#here"), (60, "\x1b[6nc")]), 1.0, limit)
    }

    fn text(player: &Player) -> String {
        player.view().row_text(0).trim_end().to_owned()
    }

    #[test]
    fn it_plays_in_its_own_time() {
        let mut player = player(None);
        player.advance(Duration::ZERO);
        assert_eq!(
            (text(&player).as_str(), player.until_next()),
            ("a", Some(Duration::from_secs(2)))
        );
        player.faster(true);
        assert_eq!(player.until_next(), Some(Duration::from_secs(1)));
        player.advance(Duration::from_secs(1));
        assert_eq!(text(&player), "ab");
        player.advance(Duration::from_secs(100));
        assert_eq!((text(&player).as_str(), player.is_playing()), ("abc", false));
        assert_eq!(player.place(), (60_000_000, 60_000_000));
        player.toggle();
        assert_eq!((text(&player).as_str(), player.is_playing()), ("a", true));
    }

    #[test]
    fn it_goes_to_any_place_and_shows_what_was_there() {
        let mut player = player(None);
        player.seek(3_000_000);
        assert_eq!(text(&player), "ab");
        player.skip(-2);
        assert_eq!((text(&player).as_str(), player.place().0), ("a", 1_000_000));
        player.seek_marker(true);
        assert_eq!((player.note(), player.place().0), (Some("here"), 4_000_000));
        player.seek_marker(true);
        assert_eq!(player.place().0, 4_000_000);
        player.step();
        assert_eq!((text(&player).as_str(), player.is_playing()), ("abc", false));
        player.seek_marker(false);
        assert_eq!((text(&player).as_str(), player.note()), ("ab", Some("here")));
        player.toggle();
        player.toggle();
        assert!(!player.is_playing() && player.until_next().is_none());
    }

    #[test]
    fn no_pause_is_longer_than_wished() {
        let player = player(Some(Duration::from_secs(1)));
        assert_eq!(player.place().1, 3_000_000);
    }

    #[test]
    fn speed_has_bounds_and_an_empty_recording_ends() {
        let mut empty = Player::new(cast(&[]), 1.0, None);
        empty.advance(Duration::from_secs(1));
        assert!(!empty.is_playing());
        (0..40).for_each(|_| empty.faster(true));
        assert_eq!(empty.speed(), 256.0);
        (0..40).for_each(|_| empty.faster(false));
        assert_eq!(empty.speed(), 0.0625);
        empty.step();
        empty.toggle();
        empty.skip(i64::MIN / 2_000_000);
    }
}
