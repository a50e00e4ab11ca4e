//! Just enough of Rust's grammar to find the paths that a source file names.

/// A path such as `crate::proto::Offset`, with `use` groups already written out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// Line of its first segment, from 1.
    pub line: usize,
    /// Its segments.
    pub segments: Vec<String>,
}

impl Path {
    /// Whether `wanted` stands somewhere in it, as neighbours.
    pub fn contains(&self, wanted: &[&str]) -> bool {
        self.segments.windows(wanted.len()).any(|window| window == wanted)
    }
}

/// The paths in `source`, without those in comments, literals and items under `#[cfg(test)]`.
pub fn paths(source: &str) -> Vec<Path> {
    let tokens = without_tests(&tokens(&without_text(source)));
    let mut paths = Vec::new();
    let mut reader = Reader { tokens: &tokens, at: 0 };
    while let Some(token) = reader.peek() {
        match token.is_name() {
            true => reader.path(&[], &mut paths),
            false => reader.at += 1,
        }
    }
    paths
}

/// `source` with comments, strings and characters blanked out; line ends stay where they are.
fn without_text(source: &str) -> String {
    let chars: Vec<char> = source.chars().collect();
    let mut code = String::with_capacity(source.len());
    let mut at = 0;
    while at < chars.len() {
        let end = text_end(&chars, at);
        match end > at {
            true => {
                code.extend(chars[at..end].iter().map(|c| if *c == '\n' { '\n' } else { ' ' }));
                at = end;
            }
            false => {
                code.push(chars[at]);
                at += 1;
            }
        }
    }
    code
}

/// The end of the comment or literal that begins at `at`; `at` when none does.
fn text_end(chars: &[char], at: usize) -> usize {
    let next = chars.get(at + 1).copied();
    let in_word = at > 0 && is_word(chars[at - 1]);
    match chars[at] {
        '/' if next == Some('/') => find(chars, at, |c| c == '\n'),
        '/' if next == Some('*') => block_comment_end(chars, at),
        '"' => string_end(chars, at),
        '\'' if next == Some('\\') => find(chars, at + 3, |c| c == '\'') + 1,
        '\'' if chars.get(at + 2) == Some(&'\'') => at + 3,
        'r' if !in_word => raw_string_end(chars, at).unwrap_or(at),
        'b' if !in_word && next == Some('r') => raw_string_end(chars, at + 1).unwrap_or(at),
        _ => at,
    }
    .min(chars.len())
}

fn find(chars: &[char], from: usize, wanted: impl Fn(char) -> bool) -> usize {
    (from..chars.len()).find(|at| wanted(chars[*at])).unwrap_or(chars.len())
}

fn block_comment_end(chars: &[char], from: usize) -> usize {
    let mut depth = 0;
    let mut at = from;
    while at + 1 < chars.len() {
        match (chars[at], chars[at + 1]) {
            ('/', '*') => depth += 1,
            ('*', '/') => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return at;
        }
    }
    chars.len()
}

fn string_end(chars: &[char], from: usize) -> usize {
    let mut at = from + 1;
    while at < chars.len() && chars[at] != '"' {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

/// The end of `r"…"` or `r##"…"##`; `None` for a raw identifier or a word.
fn raw_string_end(chars: &[char], from: usize) -> Option<usize> {
    let quote = find(chars, from + 1, |c| c != '#');
    if chars.get(quote) != Some(&'"') {
        return None;
    }
    let hashes = quote - from - 1;
    let closes = |at: &usize| {
        chars[*at] == '"' && (1..=hashes).all(|hash| chars.get(at + hash) == Some(&'#'))
    };
    Some((quote + 1..chars.len()).find(closes).unwrap_or(chars.len()) + 1 + hashes)
}

/// A word, `::`, or one other character.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Token {
    line: usize,
    text: String,
}

impl Token {
    fn is(&self, text: &str) -> bool {
        self.text == text
    }

    fn is_name(&self) -> bool {
        self.text.starts_with(|c: char| is_word(c) && !c.is_ascii_digit())
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn tokens(code: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    for (line, text) in (1..).zip(code.lines()) {
        let mut rest = text.trim_start();
        while let Some(first) = rest.chars().next() {
            let end = match first {
                c if is_word(c) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
                ':' if rest.starts_with("::") => 2,
                c => c.len_utf8(),
            };
            let (text, after) = rest.split_at(end);
            tokens.push(Token { line, text: text.to_owned() });
            rest = after.trim_start();
        }
    }
    tokens
}

const CFG_TEST: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];

/// `tokens` without the items that are compiled for tests only.
fn without_tests(tokens: &[Token]) -> Vec<Token> {
    let mut kept = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        let rest = &tokens[at..];
        let for_tests = rest.len() >= CFG_TEST.len()
            && rest.iter().zip(CFG_TEST).all(|(token, text)| token.is(text));
        if for_tests {
            at += item_end(rest);
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

/// Tokens up to the end of the first item: its `;`, or the brace that closes its body.
fn item_end(tokens: &[Token]) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        match token.text.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && (token.is(";") || token.is("}")) {
            return at + 1;
        }
    }
    tokens.len()
}

/// Reads paths from tokens.
struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.at)
    }

    fn next_is(&self, text: &str) -> bool {
        self.peek().is_some_and(|token| token.is(text))
    }

    /// Reads the path that begins here, below `parent`; a group becomes one path per member.
    fn path(&mut self, parent: &[String], paths: &mut Vec<Path>) {
        let Some(first) = self.peek() else { return };
        let mut segments = parent.to_vec();
        while let Some(token) = self.peek().filter(|token| token.is_name()) {
            segments.push(token.text.clone());
            self.at += 1;
            if !self.next_is("::") {
                break;
            }
            self.at += 1;
            if self.next_is("{") {
                return self.group(&segments, paths);
            }
        }
        paths.push(Path { line: first.line, segments });
    }

    fn group(&mut self, parent: &[String], paths: &mut Vec<Path>) {
        self.at += 1;
        while let Some(token) = self.peek() {
            if token.is("}") {
                self.at += 1;
                return;
            }
            match token.is_name() {
                true => self.path(parent, paths),
                false => self.at += 1,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(source: &str) -> Vec<String> {
        let long = |path: &Path| path.segments.len() > 1;
        paths(source)
            .iter()
            .filter(|path| long(path))
            .map(|path| path.segments.join("::"))
            .collect()
    }

    #[test]
    fn paths_are_found_where_they_are_code() {
        for (source, expected) in [
            ("use crate::proto::Offset;", vec!["crate::proto::Offset"]),
            (
                "use crate::{net, proto::{Frame, key::Key}};",
                vec!["crate::net", "crate::proto::Frame", "crate::proto::key::Key"],
            ),
            (
                "fn f() -> Vec<crate::net::Link> { ::tokio::spawn(x) }",
                vec!["crate::net::Link", "tokio::spawn"],
            ),
            ("let n = Vec::<crate::net::Link>::new();", vec!["Vec", "crate::net::Link"]),
            ("// crate::app\n/* crate::app /* crate::app */ crate::app */ a::b", vec!["a::b"]),
            ("/// see [`crate::app::State`]\nstruct S;", vec![]),
            ("let s = \"crate::app \\\" crate::app\"; a::b", vec!["a::b"]),
            ("let s = r#\"crate::app \" crate::app\"#; a::b", vec!["a::b"]),
            ("let c = ['\"', '\\'', 'x', '\\u{1f}']; a::b::<'a>()", vec!["a::b"]),
            ("fn f<'a>(x: &'a str) { crate::net::g(x) }", vec!["crate::net::g"]),
            ("r#match::x; br\"crate::app\"; a::b", vec!["match::x", "a::b"]),
        ] {
            let expected: Vec<&str> = expected.into_iter().filter(|path| *path != "Vec").collect();
            assert_eq!(found(source), expected, "{source}");
        }
    }

    #[test]
    fn what_is_compiled_for_tests_only_is_left_out() {
        for source in [
            "#[cfg(test)]\nmod tests { use crate::app::State; fn f() { { crate::app::g() } } }\na::b",
            "#[cfg(test)]\nmod tests;\na::b",
            "#[cfg(test)]\n#[path = \"x.rs\"]\npub(crate) mod tests;\na::b",
            "#[cfg(test)]\nfn f(x: [u8; 3]) -> crate::app::State { todo!() }\na::b",
            "#[cfg(test)]\nuse crate::app::{State, Action};\na::b",
        ] {
            assert_eq!(found(source), ["a::b"], "{source}");
        }
        assert_eq!(found("#[cfg(unix)]\nuse crate::app::State;"), ["crate::app::State"]);
    }

    #[test]
    fn lines_are_told() {
        let lines: Vec<_> = paths("a::b\n\n/*\n*/ c::d\nuse e::{\n  f,\n  g::h,\n};")
            .into_iter()
            .filter(|path| path.segments.len() > 1)
            .map(|path| path.line)
            .collect();
        assert_eq!(lines, [1, 4, 6, 7]);
    }
}
