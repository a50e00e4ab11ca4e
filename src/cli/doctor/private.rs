//! Whether what must be private is: directories, tokens, keys; and whether others could change the
//! configuration.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::finding::Finding;
use super::scene::Scene;
use crate::agent::TokensFile;

const NAME: &str = "permissions";
/// The bits of everybody but the owner.
const OTHERS: u32 = 0o077;
/// The bits that let somebody else write.
const OTHERS_WRITE: u32 = 0o022;

/// What a path should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// A directory nobody else may even look into.
    PrivateDir,
    /// A file nobody else may read.
    PrivateFile,
    /// A file or directory nobody else may change; the owner may be root.
    Unchangeable,
}

/// What it is.
#[derive(Debug, Clone, Copy)]
struct Facts {
    is_dir: bool,
    is_link: bool,
    uid: u32,
    mode: u32,
}

/// Looks at each path that exists.
pub fn check(scene: &Scene) -> Vec<Finding> {
    let paths = paths(scene);
    let looked =
        paths.iter().filter_map(|(path, wanted)| Some((path, wanted, facts(path, *wanted)?)));
    let looked: Vec<_> = looked.collect();
    let faults =
        looked.iter().filter_map(|(path, wanted, facts)| fault(path, **wanted, *facts, scene.uid));
    let mut findings: Vec<Finding> = faults.collect();
    if findings.is_empty() {
        let count = looked.len();
        findings
            .push(Finding::ok(NAME, format!("{count} files and directories are as they must be")));
    }
    findings
}

fn paths(scene: &Scene) -> Vec<(PathBuf, Wanted)> {
    use Wanted::{PrivateDir, PrivateFile, Unchangeable};
    let runtime = &scene.paths.runtime_dir;
    let mut paths = vec![
        (runtime.clone(), PrivateDir),
        (crate::agent::holders_dir(&scene.socket), PrivateDir),
        (scene.paths.system_config.clone(), Unchangeable),
    ];
    let files = [scene.paths.user_config.clone(), scene.explicit.clone()];
    for file in files.into_iter().flatten() {
        paths.extend(file.parent().map(|dir| (dir.to_owned(), Unchangeable)));
        paths.push((file, Unchangeable));
    }
    if let Some(state) = &scene.paths.state_dir {
        let dirs = [state.clone(), state.join("audit"), state.join("sessions"), state.join("tls")];
        paths.extend(dirs.map(|dir| (dir, PrivateDir)));
        paths.push((TokensFile::in_dir(state).path().to_owned(), PrivateFile));
        paths.push((state.join("tls/key.pem"), PrivateFile));
    }
    paths.extend(scene.config.agent.tls.iter().map(|tls| (tls.key.clone(), PrivateFile)));
    let tokens = scene.config.machines.iter().filter_map(|machine| machine.token_file.clone());
    paths.extend(tokens.map(|file| (file, PrivateFile)));
    paths.dedup();
    paths
}

/// `None` for what is not there. Links to configurations and keys are followed, as they are when read;
/// links to what must be private are not.
fn facts(path: &Path, wanted: Wanted) -> Option<Facts> {
    let link = std::fs::symlink_metadata(path).ok()?;
    let meta = match wanted {
        Wanted::PrivateDir => link.clone(),
        Wanted::PrivateFile | Wanted::Unchangeable => std::fs::metadata(path).ok()?,
    };
    let mode = meta.permissions().mode() & 0o7777;
    Some(Facts { is_dir: meta.is_dir(), is_link: link.is_symlink(), uid: meta.uid(), mode })
}

fn fault(path: &Path, wanted: Wanted, facts: Facts, own: u32) -> Option<Finding> {
    let shown = path.display();
    let Facts { is_dir, is_link, uid, mode } = facts;
    if wanted == Wanted::PrivateDir && (is_link || !is_dir) {
        let says = format!("{shown} is not a directory");
        return Some(Finding::fail(
            NAME,
            says,
            "move it away: whoever made it could read your sessions",
        ));
    }
    let may_be_root = wanted == Wanted::Unchangeable && uid == 0;
    if uid != own && !may_be_root {
        let says = format!("{shown} belongs to uid {uid}, not to you");
        return Some(Finding::fail(NAME, says, "move it away, or give it to yourself with chown"));
    }
    let (open, advice) = match wanted {
        Wanted::PrivateDir => (mode & OTHERS, format!("chmod 700 {shown}")),
        Wanted::PrivateFile => (
            mode & OTHERS,
            format!("chmod 600 {shown}, and make what is in it anew: others could read it"),
        ),
        Wanted::Unchangeable => (mode & OTHERS_WRITE, format!("chmod go-w {shown}")),
    };
    let says = format!("{shown} has mode {mode:04o}");
    (open != 0).then(|| Finding::fail(NAME, says, advice))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(wanted: Wanted, facts: Facts) -> Option<String> {
        fault(Path::new("/p"), wanted, facts, 1000).map(|finding| finding.says)
    }

    #[test]
    fn each_kind_of_path_has_its_rules() {
        use Wanted::{PrivateDir, PrivateFile, Unchangeable};
        let dir = Facts { is_dir: true, is_link: false, uid: 1000, mode: 0o700 };
        let file = Facts { is_dir: false, mode: 0o600, ..dir };
        for (wanted, facts, fault) in [
            (PrivateDir, dir, None),
            (PrivateDir, Facts { mode: 0o750, ..dir }, Some("/p has mode 0750")),
            (PrivateDir, Facts { uid: 0, ..dir }, Some("/p belongs to uid 0, not to you")),
            (PrivateDir, Facts { is_link: true, ..dir }, Some("/p is not a directory")),
            (PrivateDir, file, Some("/p is not a directory")),
            (PrivateFile, file, None),
            (PrivateFile, Facts { mode: 0o640, ..file }, Some("/p has mode 0640")),
            (Unchangeable, Facts { mode: 0o644, uid: 0, ..file }, None),
            (Unchangeable, Facts { mode: 0o664, ..file }, Some("/p has mode 0664")),
            (Unchangeable, Facts { uid: 7, ..file }, Some("/p belongs to uid 7, not to you")),
        ] {
            assert_eq!(says(wanted, facts).as_deref(), fault, "{wanted:?} {facts:?}");
        }
    }
}
