//! File systems that are full or hang. Mounting needs root; elsewhere such tests say so.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A file system of one mebibyte; unmounted when it is dropped.
pub struct Small(pub PathBuf);

impl Small {
    /// `None`, said aloud, where that is not allowed.
    pub fn mount(dir: &Path) -> Option<Self> {
        std::fs::create_dir_all(dir).unwrap();
        let mut command = Command::new("mount");
        let mounted =
            command.args(["-t", "tmpfs", "-o", "size=1m,mode=0700", "none"]).arg(dir).output();
        if mounted.is_ok_and(|mounted| mounted.status.success()) {
            return Some(Self(dir.to_owned()));
        }
        let required = std::env::var_os("WATCHDECK_REQUIRE_MOUNTS").is_some();
        assert!(!required, "cannot mount a small file system");
        eprintln!("skipped: mounting a small file system is not allowed");
        None
    }

    /// Takes all room but so many bytes.
    pub fn fill(&self, left: usize) {
        let full = vec![b'x'; (1 << 20) - left];
        std::fs::write(self.0.join("filler"), full).unwrap();
    }

    pub fn free(&self) {
        std::fs::remove_file(self.0.join("filler")).unwrap();
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// A file system that can be made to hang (ext4 in a file, frozen); thawed and unmounted when it is dropped.
pub struct Frozen {
    pub dir: PathBuf,
}

impl Frozen {
    /// `None`, said aloud, where that is not allowed.
    pub fn mount(home: &Path) -> Option<Self> {
        let (image, dir) = (home.join("disk.img"), home.join("disk"));
        std::fs::create_dir_all(&dir).unwrap();
        std::fs::File::create(&image).unwrap().set_len(16 << 20).unwrap();
        let ok = |command: &mut Command| command.output().is_ok_and(|ran| ran.status.success());
        let made = ok(Command::new("mkfs.ext4").arg("-q").arg(&image))
            && ok(Command::new("mount").args(["-o", "loop"]).arg(&image).arg(&dir));
        if made {
            // Its top belongs to others, and is not private.
            let top = dir.join("top");
            std::fs::create_dir(&top).unwrap();
            return Some(Self { dir });
        }
        eprintln!("skipped: a loop device cannot be mounted here");
        None
    }

    pub fn top(&self) -> PathBuf {
        self.dir.join("top")
    }

    /// Whatever writes to it waits from now on.
    pub fn freeze(&self) -> bool {
        Command::new("fsfreeze").arg("-f").arg(&self.dir).status().is_ok_and(|ran| ran.success())
    }

    pub fn thaw(&self) {
        let _ = Command::new("fsfreeze").arg("-u").arg(&self.dir).output();
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        self.thaw();
        let _ = Command::new("umount").arg("-l").arg(&self.dir).status();
    }
}
