//! Lines of asciicast v2 and v3 become events.

use serde::Deserialize;
use serde_json::Value;

use super::{Event, What};
use crate::proto::Winsize;

/// Why a file is no recording that can be played.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct CastError {
    /// The line, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub what: String,
}

/// A whole recording.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cast {
    /// The terminal's first size.
    pub size: Winsize,
    /// Its title.
    pub title: String,
    /// When it was made, in seconds since the Unix epoch.
    pub timestamp: Option<u64>,
    /// Oldest first; times never run backwards.
    pub events: Vec<Event>,
    /// The last line was cut off and left out.
    pub torn: bool,
}

impl Cast {
    /// Microseconds from its beginning to its last event.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.events.last().map_or(0, |event| event.at)
    }
}

#[derive(Deserialize)]
struct Head {
    version: u64,
    width: Option<u16>,
    height: Option<u16>,
    term: Option<Term>,
    timestamp: Option<f64>,
    title: Option<String>,
}

#[derive(Deserialize)]
struct Term {
    cols: u16,
    rows: u16,
}

/// Reads a recording line by line.
#[derive(Debug, Default)]
pub struct Reader {
    cast: Cast,
    line: u64,
    /// 0 before the first line.
    version: u64,
    /// Microseconds.
    now: u64,
}

impl Reader {
    /// A line without its line end; `ended` when one follows.
    ///
    /// # Errors
    /// It is wrong, and does not just lack its end.
    pub fn line(&mut self, line: &[u8], ended: bool) -> Result<(), CastError> {
        self.line += 1;
        match self.read(line) {
            Ok(()) => Ok(()),
            Err(_) if !ended && self.version != 0 => {
                self.cast.torn = true;
                Ok(())
            }
            Err(what) => Err(CastError { line: self.line, what }),
        }
    }

    /// The recording.
    ///
    /// # Errors
    /// There was no first line.
    pub fn finish(self) -> Result<Cast, CastError> {
        match self.version {
            0 => Err(CastError { line: 1, what: "the file is empty".to_owned() }),
            _ => Ok(self.cast),
        }
    }

    fn read(&mut self, line: &[u8]) -> Result<(), String> {
        let text = std::str::from_utf8(line).map_err(|_| "it is not UTF-8".to_owned())?;
        if self.version == 0 {
            return self.head(text);
        }
        // Comments are of v3; empty lines do no harm.
        if text.trim().is_empty() || (self.version == 3 && text.starts_with('#')) {
            return Ok(());
        }
        let (time, code, data): (f64, String, Value) = serde_json::from_str(text)
            .map_err(|error| format!("it is no event [time, code, data]: {error}"))?;
        self.now = self.time(time)?;
        let Some(what) = what(&code, &data)? else { return Ok(()) };
        self.cast.events.push(Event { at: self.now, what });
        Ok(())
    }

    fn head(&mut self, text: &str) -> Result<(), String> {
        let no_cast = |error| format!("it is not the first line of an asciicast: {error}");
        let head: Head = serde_json::from_str(text).map_err(no_cast)?;
        let size = match (head.version, head.width, head.height, head.term) {
            (2, Some(cols), Some(rows), _) | (3, _, _, Some(Term { cols, rows })) => {
                Winsize::new(rows, cols)
            }
            (2 | 3, ..) => return Err("it does not tell the terminal's size".to_owned()),
            (version, ..) => {
                return Err(format!("asciicast version {version} cannot be read; 2 and 3 can"));
            }
        };
        self.version = head.version;
        self.cast.size = size.clamped();
        self.cast.title = head.title.unwrap_or_default();
        // A float becomes the nearest whole number that there is.
        self.cast.timestamp = head.timestamp.map(|seconds| seconds as u64);
        Ok(())
    }

    /// In v2 from the beginning, in v3 from the event before.
    fn time(&self, seconds: f64) -> Result<u64, String> {
        if !seconds.is_finite() || seconds < 0.0 {
            return Err(format!("{seconds} is no time"));
        }
        // Saturates; nobody plays 584,000 years.
        let micros = (seconds * 1e6).round() as u64;
        Ok(match self.version {
            3 => self.now.saturating_add(micros),
            _ => self.now.max(micros),
        })
    }
}

/// `None` for what is not played: input, and what later versions may have.
fn what(code: &str, data: &Value) -> Result<Option<What>, String> {
    let text = || data.as_str().map(str::to_owned).ok_or("its data is no text");
    Ok(match code {
        "o" => Some(What::Output(text()?)),
        "m" => Some(What::Marker(text()?)),
        "x" => Some(What::Exit(data.as_str().map_or_else(|| data.to_string(), str::to_owned))),
        "r" => {
            let text = text()?;
            let wrong = |_| format!("`{}` is no size COLSxROWS", text.escape_debug());
            let size: Winsize = text.parse().map_err(wrong)?;
            Some(What::Resize(size.clamped()))
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Encoder;
    use super::*;

    fn read(text: &str) -> Result<Cast, CastError> {
        let mut reader = Reader::default();
        for line in text.split_inclusive('\n') {
            let ended = line.strip_suffix('\n');
            reader.line(ended.unwrap_or(line).as_bytes(), ended.is_some())?;
        }
        reader.finish()
    }

    const HEAD: &str = "{\"version\": 2, \"width\": 80, \"height\": 24}\n";

    fn output(at: u64, text: &str) -> Event {
        Event { at, what: What::Output(text.to_owned()) }
    }

    #[test]
    fn both_versions_are_read() {
        let second =
            format!("{HEAD}[1.5, \"o\", \"a\"]\n[1.5, \"i\", \"x\"]\n[2, \"r\", \"100x30\"]\n");
        let cast = read(&second).unwrap();
        let resize = Event { at: 2_000_000, what: What::Resize(Winsize::new(30, 100)) };
        assert_eq!(
            (cast.size, cast.events),
            (Winsize::new(24, 80), vec![output(1_500_000, "a"), resize])
        );
        let third = "{\"version\":3,\"term\":{\"cols\":80,\"rows\":24},\"title\":\"t\"}\n# a comment\n\
             [1.5, \"o\", \"a\"]\n[0.5, \"o\", \"b\"]\n[1, \"x\", \"0\"]\n";
        let cast = read(third).unwrap();
        let exit = Event { at: 3_000_000, what: What::Exit("0".to_owned()) };
        assert_eq!(cast.events, [output(1_500_000, "a"), output(2_000_000, "b"), exit]);
        assert_eq!((cast.title.as_str(), cast.size), ("t", Winsize::new(24, 80)));
    }

    #[test]
    fn what_is_wrong_is_told_by_line() {
        for (text, line, what) in [
            ("", 1, "the file is empty"),
            ("hello\n", 1, "it is not the first line of an asciicast"),
            ("{\"version\": 1}\n", 1, "asciicast version 1 cannot be read"),
            ("{\"version\": 2}\n", 1, "it does not tell the terminal's size"),
            (&format!("{HEAD}[1]\n"), 2, "it is no event"),
            (&format!("{HEAD}\n[1, \"o\", 7]\n"), 3, "its data is no text"),
            (&format!("{HEAD}[-1, \"o\", \"\"]\n"), 2, "-1 is no time"),
            (&format!("{HEAD}[1, \"r\", \"big\"]\n"), 2, "`big` is no size"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.line == line && error.what.contains(what), "{text:?}: {error}");
        }
    }

    #[test]
    fn a_last_line_that_is_cut_off_is_left_out() {
        let cast = read(&format!("{HEAD}[1, \"o\", \"a\"]\n[2, \"o\", \"b")).unwrap();
        assert_eq!(
            (cast.events.as_slice(), cast.torn),
            ([output(1_000_000, "a")].as_slice(), true)
        );
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            pieces in prop::collection::vec((0..5_000_000_u64, any::<String>()), 0..20)
        ) {
            let mut encoder = Encoder::new("t".into(), "xterm".into(), Winsize::new(24, 80));
            let mut at = 1_700_000_000_000_000;
            for (pause, text) in &pieces {
                at += pause;
                encoder.output(at, text.as_bytes());
            }
            encoder.finish(at);
            let cast = read(&String::from_utf8(encoder.take()).unwrap()).unwrap();
            let text: String = cast.events.iter().map(|event| match &event.what {
                What::Output(text) => text.as_str(),
                _ => "",
            }).collect();
            prop_assert_eq!(text, pieces.iter().map(|(_, text)| text.as_str()).collect::<String>());
            let (first, last) = (cast.events.first(), cast.events.last());
            prop_assert_eq!(first.map_or(0, |event| event.at), 0);
            let spoken: Vec<u64> = pieces.iter().enumerate().filter(|(_, (_, text))| !text.is_empty())
                .map(|(n, _)| pieces[..=n].iter().map(|(pause, _)| pause).sum()).collect();
            let length = spoken.last().zip(spoken.first()).map_or(0, |(last, first)| last - first);
            prop_assert_eq!(last.map_or(0, |event| event.at), length);
        }

        #[test]
        fn no_text_panics(text in any::<String>()) {
            let _ = read(&text);
            for head in [HEAD, "{\"version\":3,\"term\":{\"cols\":80,\"rows\":24}}\n"] {
                let _ = read(&format!("{head}{text}\n"));
            }
        }
    }
}
