//! A folder in which scripts run, and one in which they have no business.

use assert_cmd::Command;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

pub const SECRET: &str = "the-secret-of-somebody-else";

/// A folder `inside`, where scripts run, and `outside`, where they have no business.
pub struct World {
    pub root: TempDir,
}

impl World {
    pub fn new() -> World {
        let world = World { root: tempfile::tempdir().unwrap() };
        let (inside, outside) = (world.inside(), world.outside());
        for folder in [inside.join("sub"), outside.join("empty"), outside.join("train/pos")] {
            fs::create_dir_all(folder).unwrap();
        }
        for name in ["secret.txt", "secret.json", "secret.jsonl", "train/pos/0_9.txt"] {
            fs::write(outside.join(name), format!("\"{SECRET}\"\n")).unwrap();
        }
        fs::write(outside.join("secret.csv"), format!("review,sentiment\n{SECRET},pos\n{SECRET},neg\n")).unwrap();
        fs::write(outside.join("m.rhai"), format!("fn f() {{ \"{SECRET}\" }}")).unwrap();
        fs::write(outside.join("secret.vec"), format!("{SECRET} 1.0 2.0\n")).unwrap();
        fs::write(outside.join("config.json"), format!("{{\"name\": \"{SECRET}\"}}")).unwrap();
        symlink(outside.join("secret.txt"), inside.join("link.txt")).unwrap();
        symlink("../outside/secret.txt", inside.join("relative.txt")).unwrap();
        symlink("link.txt", inside.join("chain.txt")).unwrap();
        symlink("../../outside", inside.join("sub/up")).unwrap();
        symlink(&outside, inside.join("link")).unwrap();
        symlink(outside.join("m.rhai"), inside.join("linked.rhai")).unwrap();
        let words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", SECRET].join("\n");
        fs::write(outside.join("vocab.txt"), words).unwrap();
        symlink(outside.join("vocab.txt"), inside.join("vocab.txt")).unwrap();
        symlink(outside.join("secret.vec"), inside.join("vectors.vec")).unwrap();
        fs::create_dir(inside.join("model")).unwrap();
        for name in ["config.json", "vocab.txt"] {
            symlink(outside.join(name), inside.join("model").join(name)).unwrap();
        }
        symlink("loop", inside.join("loop")).unwrap();
        symlink("/dev/zero", inside.join("zero")).unwrap();
        symlink("/proc", inside.join("proc")).unwrap();
        symlink("/", inside.join("root")).unwrap();
        symlink(outside.join("new.txt"), inside.join("dangling.txt")).unwrap();
        nix::unistd::mkfifo(&inside.join("pipe"), nix::sys::stat::Mode::S_IRWXU).unwrap();
        world
    }

    pub fn inside(&self) -> PathBuf {
        self.root.path().join("inside")
    }

    pub fn outside(&self) -> PathBuf {
        self.root.path().join("outside")
    }

    /// What the script prints, and all that comes out of the program.
    pub fn run(&self, flags: &[&str], script: &str) -> (String, String) {
        let script = script.replace("OUT", &self.outside().display().to_string());
        let output = Command::new(env!("CARGO_BIN_EXE_imdbsh"))
            .args(flags)
            .args(["--no-check", "-e", &script])
            .current_dir(self.inside())
            .env("MY_SECRET", SECRET)
            .env("HF_HUB_OFFLINE", "1")
            .env("HF_HUB_CACHE", self.root.path().join("hub"))
            .env_remove("IMDBSH_DATA")
            .timeout(std::time::Duration::from_secs(600))
            .output()
            .unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        (out.trim().to_string(), format!("{out}{err}"))
    }
}

/// All files below a folder with their contents, folders as `None`.
pub fn everything(folder: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(everything(&path));
            found.insert(path, None);
        } else {
            let bytes = fs::read(&path).unwrap();
            found.insert(path, Some(bytes));
        }
    }
    found
}
