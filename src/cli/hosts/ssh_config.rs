//! The hosts that an ssh_config(5) names outright.

use std::collections::HashSet;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Files that are read at most, `Include`d ones counted.
const FILES_MAX: usize = 64;
/// Longest file in bytes; the rest is not read.
const FILE_MAX: u64 = 1 << 20;
/// Hosts that are taken at most.
const HOSTS_MAX: usize = 1000;

/// The names behind `Host` in `file` and in what it includes, in their order, each once. Patterns and
/// exclusions are left out. Relative includes are beneath `ssh_dir`.
///
/// # Errors
/// `file` itself cannot be read; includes that cannot are skipped, as ssh does.
pub fn hosts(file: &Path, ssh_dir: &Path) -> io::Result<Vec<String>> {
    let mut reading = Reading { ssh_dir, files: 0, seen: HashSet::new(), hosts: Vec::new() };
    let text = read(file)?;
    reading.text(&text);
    Ok(reading.hosts)
}

fn read(file: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    std::fs::File::open(file)?.take(FILE_MAX).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

struct Reading<'a> {
    ssh_dir: &'a Path,
    files: usize,
    seen: HashSet<String>,
    hosts: Vec<String>,
}

impl Reading<'_> {
    fn text(&mut self, text: &str) {
        for line in text.lines() {
            let Some((keyword, arguments)) = keyword(line) else { continue };
            match keyword.to_ascii_lowercase().as_str() {
                "host" => words(arguments).for_each(|host| self.host(host)),
                "include" => words(arguments).for_each(|pattern| self.include(pattern)),
                _ => {}
            }
        }
    }

    fn host(&mut self, host: &str) {
        let is_pattern = host.starts_with('!') || host.contains(['*', '?', '%']);
        if !is_pattern && self.hosts.len() < HOSTS_MAX && self.seen.insert(host.to_owned()) {
            self.hosts.push(host.to_owned());
        }
    }

    /// Files that include each other end at [`FILES_MAX`].
    fn include(&mut self, pattern: &str) {
        let home = self.ssh_dir.parent().unwrap_or(Path::new("/"));
        let path = match pattern.strip_prefix("~/") {
            Some(rest) => home.join(rest),
            None => self.ssh_dir.join(pattern),
        };
        for file in matching(&path) {
            if self.files >= FILES_MAX {
                return;
            }
            self.files += 1;
            if let Ok(text) = read(&file) {
                self.text(&text);
            }
        }
    }
}

/// `Keyword arguments` or `Keyword=arguments`.
fn keyword(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    if line.starts_with('#') {
        return None;
    }
    let (keyword, rest) = line.split_once(|c: char| c.is_whitespace() || c == '=')?;
    let rest = rest.trim_start();
    Some((keyword, rest.strip_prefix('=').unwrap_or(rest).trim()))
}

/// Words, without the quotes around them; a `#` ends the line.
fn words(arguments: &str) -> impl Iterator<Item = &str> {
    let words = arguments.split_whitespace().map(|word| word.trim_matches('"'));
    words.take_while(|word| !word.starts_with('#')).filter(|word| !word.is_empty())
}

/// The files that a path means whose last part may have `*` and `?`, sorted.
fn matching(path: &Path) -> Vec<PathBuf> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if !name.contains(['*', '?']) {
        return vec![path.to_owned()];
    }
    let dir = path.parent().unwrap_or(Path::new("/"));
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let named = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    // As in a shell, a pattern does not mean hidden files.
    let meant =
        named.filter(|file| !file.starts_with('.') && is_match(name.as_bytes(), file.as_bytes()));
    let mut files: Vec<_> = meant.map(|file| dir.join(file)).collect();
    files.sort();
    files
}

/// Whether `name` is what `pattern` with `*` and `?` means. Linear but for the last star.
fn is_match(pattern: &[u8], name: &[u8]) -> bool {
    let (mut p, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match (pattern.get(p), name.get(n)) {
            (Some(b'*'), _) => {
                star = Some((p, n));
                p += 1;
            }
            (Some(b'?'), _) => (p, n) = (p + 1, n + 1),
            (Some(one), Some(other)) if one == other => (p, n) = (p + 1, n + 1),
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    (p, n) = (at + 1, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern.get(p..).unwrap_or_default().iter().all(|sign| *sign == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_named_outright_also_in_included_files() {
        let home = tempfile::tempdir().unwrap();
        let ssh = home.path().join(".ssh");
        std::fs::create_dir_all(ssh.join("config.d")).unwrap();
        let write = |name: &str, text: &str| std::fs::write(ssh.join(name), text).unwrap();
        write(
            "config",
            "# Host commented\nInclude config.d/*.conf ~/.ssh/more\n\nHost web-1 web-2 *.internal !bad\n\
             \tHostName 10.0.0.1\nhost=\"db-1\"  # the old one\nHost *\n  User ops\nMatch host x\n\
             Host web-1\nInclude missing\n",
        );
        write("config.d/b.conf", "Host b-1\n");
        write("config.d/a.conf", "HOST a-1 a-?\nInclude ../config\n");
        write("config.d/.hidden.conf", "Host hidden\n");
        write("more", "Host more-1");
        let found = hosts(&ssh.join("config"), &ssh).unwrap();
        let mut names: Vec<_> = found.iter().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["a-1", "b-1", "db-1", "more-1", "web-1", "web-2"]);
        assert!(hosts(&ssh.join("none"), &ssh).is_err());
    }

    #[test]
    fn patterns() {
        for (pattern, name, matches) in [
            ("*", "x", true),
            ("*.conf", "a.conf", true),
            ("*.conf", "a.conf.bak", false),
            ("a?c*", "abcd", true),
            ("a*b*c", "aXbYbZc", true),
            ("?", "", false),
            ("", "", true),
        ] {
            assert_eq!(is_match(pattern.as_bytes(), name.as_bytes()), matches, "{pattern} {name}");
        }
    }
}
