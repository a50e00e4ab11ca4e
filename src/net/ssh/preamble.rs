//! Finds the proxy's greeting behind whatever the other machine's login prints before it.

/// Generation of the proxy's greeting; raised only when what follows it changes.
pub const PROXY_GENERATION: u32 = 1;

/// What the greeting begins with. Nothing else prints this.
const MAGIC: &[u8] = b"\x1ewatchdeck-proxy ";
/// Noise that is skipped at most, in bytes.
const NOISE_MAX: usize = 64 << 10;
/// Longest greeting after its magic: a generation and a version.
const GREETING_MAX: usize = 80;
/// Noise that is kept for an explanation, in bytes; so many characters are shown.
const KEPT: usize = 200;

/// The line that `watchdeck proxy` prints before anything else: a record separator, which start-up
/// files have no use for, a word, the generation and the version.
#[must_use]
pub fn proxy_greeting() -> String {
    format!("\x1ewatchdeck-proxy {PROXY_GENERATION} {}\n", env!("CARGO_PKG_VERSION"))
}

/// How far a [`Preamble`] is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// The greeting has not come yet.
    More,
    /// It came.
    Found {
        /// The proxy's version, for people.
        version: String,
        /// What came behind the greeting already.
        rest: Vec<u8>,
    },
    /// A greeting of a generation that this version does not know.
    Foreign,
    /// So much came before that none is expected any more.
    TooMuch,
}

/// Scans for the greeting. Memory is bounded by what [`NOISE_MAX`] allows.
#[derive(Debug, Default)]
pub struct Preamble {
    noise: usize,
    kept: Vec<u8>,
    /// What may be the beginning of a greeting.
    held: Vec<u8>,
}

impl Preamble {
    /// Takes the next bytes. After anything but [`Progress::More`] it must not be called again.
    pub fn feed(&mut self, bytes: &[u8]) -> Progress {
        self.held.extend_from_slice(bytes);
        loop {
            let Some(at) = find(&self.held, MAGIC) else {
                let keep = partial(&self.held);
                self.skip(self.held.len() - keep);
                return if self.noise > NOISE_MAX { Progress::TooMuch } else { Progress::More };
            };
            self.skip(at);
            if self.noise > NOISE_MAX {
                return Progress::TooMuch;
            }
            let behind = self.held.get(MAGIC.len()..).unwrap_or_default();
            match greeting(behind) {
                Greeting::Incomplete => return Progress::More,
                Greeting::Read { generation, version, length } => {
                    if generation != PROXY_GENERATION {
                        return Progress::Foreign;
                    }
                    let rest = behind.get(length..).unwrap_or_default().to_vec();
                    return Progress::Found { version, rest };
                }
                // The magic in something else, such as this program's own source.
                Greeting::Nonsense => self.skip(MAGIC.len()),
            }
        }
    }

    fn skip(&mut self, bytes: usize) {
        let room = KEPT.saturating_sub(self.kept.len());
        let skipped = self.held.drain(..bytes);
        self.kept.extend(skipped.take(room));
        self.noise += bytes;
    }

    /// How many bytes came that were not the greeting.
    #[must_use]
    pub const fn noise(&self) -> usize {
        self.noise + self.held.len()
    }

    /// How the noise began, with everything that could act on a terminal escaped.
    #[must_use]
    pub fn excerpt(&self) -> String {
        let rest = self.held.iter().take(KEPT.saturating_sub(self.kept.len()));
        let bytes: Vec<u8> = self.kept.iter().chain(rest).copied().collect();
        let escaped = bytes.trim_ascii().escape_ascii().map(char::from);
        escaped.take(KEPT).collect()
    }
}

enum Greeting {
    Incomplete,
    Read { generation: u32, version: String, length: usize },
    Nonsense,
}

/// Reads `GENERATION VERSION\n`. A terminal in between would have made `\r\n` of it.
fn greeting(bytes: &[u8]) -> Greeting {
    let Some(length) = bytes.iter().take(GREETING_MAX).position(|byte| *byte == b'\n') else {
        return if bytes.len() < GREETING_MAX { Greeting::Incomplete } else { Greeting::Nonsense };
    };
    let line = std::str::from_utf8(bytes.get(..length).unwrap_or_default());
    let words = line.ok().and_then(|line| line.trim_end_matches('\r').split_once(' '));
    let read = words.and_then(|(generation, version)| {
        let printable = version.bytes().all(|byte| byte.is_ascii_graphic());
        Some((generation.parse().ok()?, version)).filter(|_| printable)
    });
    match read {
        Some((generation, version)) => {
            Greeting::Read { generation, version: version.to_owned(), length: length + 1 }
        }
        None => Greeting::Nonsense,
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes, wanted)
}

/// Length of the longest end of `bytes` that a [`MAGIC`] could begin with.
fn partial(bytes: &[u8]) -> usize {
    let longest = bytes.len().min(MAGIC.len() - 1);
    let ends_with_start =
        |length: &usize| MAGIC.get(..*length).is_some_and(|start| bytes.ends_with(start));
    (1..=longest).rev().find(ends_with_start).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Feeds pieces of `cut` bytes until something is decided.
    fn scan(bytes: &[u8], cut: usize) -> (Progress, Preamble) {
        let mut preamble = Preamble::default();
        for piece in bytes.chunks(cut) {
            match preamble.feed(piece) {
                Progress::More => {}
                progress => return (progress, preamble),
            }
        }
        (Progress::More, preamble)
    }

    fn found(rest: &[u8]) -> Progress {
        Progress::Found { version: env!("CARGO_PKG_VERSION").to_owned(), rest: rest.to_vec() }
    }

    #[test]
    fn the_greeting_is_found_behind_any_noise_up_to_the_limit() {
        let greeting = proxy_greeting();
        for noise in ["", "motd\n", "\x1b]0;x\x07$ ", "\x1ewatchdeck-proxy x\n", "\x1ewatchdeck-"] {
            let bytes = format!("{noise}{greeting}HTTP");
            let (progress, preamble) = scan(bytes.as_bytes(), bytes.len());
            assert_eq!(progress, found(b"HTTP"), "{noise:?}");
            assert_eq!(preamble.noise, noise.len());
        }
        let fits = [vec![b'x'; NOISE_MAX], greeting.clone().into_bytes()].concat();
        assert_eq!(scan(&fits, 1000).0, found(b""));
        let beyond = [vec![b'x'; NOISE_MAX + 1], greeting.into_bytes()].concat();
        assert_eq!(scan(&beyond, 1000).0, Progress::TooMuch);
        assert_eq!(scan(&beyond, beyond.len()).0, Progress::TooMuch);
    }

    #[test]
    fn another_generation_is_told_apart() {
        assert_eq!(scan(b"\x1ewatchdeck-proxy 2 9.0\n", 3).0, Progress::Foreign);
        assert_eq!(scan(b"\x1ewatchdeck-proxy 1 0.1.0\r\n", 99).0, found(b""));
        let endless = [MAGIC, &[b'9'; 200]].concat();
        assert_eq!(scan(&endless, 7).0, Progress::More);
    }

    #[test]
    fn noise_is_shown_escaped_and_short() {
        let (_, preamble) = scan(b"\x1b[31mWelcome\x1b[m to \xff\n", 4);
        assert_eq!(preamble.excerpt(), "\\x1b[31mWelcome\\x1b[m to \\xff");
        let (_, preamble) = scan(&[0x1b; 5000], 512);
        assert_eq!(preamble.excerpt().len(), KEPT);
        assert_eq!(preamble.noise(), 5000);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn cuts_change_nothing(
            noise in proptest::collection::vec(prop_oneof![Just(0x1e), any::<u8>()], 0..300),
            cut in 1_usize..40,
        ) {
            let bytes = [noise.as_slice(), proxy_greeting().as_bytes(), b"rest"].concat();
            let (whole, one) = scan(&bytes, bytes.len());
            let (cut, other) = scan(&bytes, cut);
            prop_assert_eq!(one.noise, other.noise);
            match (whole, cut) {
                (Progress::Found { version: a, .. }, Progress::Found { version: b, rest }) => {
                    prop_assert_eq!(a, b);
                    prop_assert!(b"rest".starts_with(&rest));
                }
                (whole, cut) => prop_assert_eq!(whole, cut),
            }
        }
    }
}
