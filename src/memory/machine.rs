//! What the machine has, and the control groups that this process is in: a cluster gives a job its part of a machine, and ends what takes
//! more. It is asked in the middle of allocations, and so takes no memory itself. Nothing is known on others than Linux.

#![expect(clippy::disallowed_methods, reason = "what Linux says of itself")]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// What is asked, held open.
struct Machine {
    total: u64,
    memory: Option<File>,
    groups: Vec<Group>,
}

/// A control group that has a limit.
struct Group {
    limit: u64,
    usage: File,
    /// Pages of files in it are given up before the limit is reached.
    stat: Option<File>,
    files: &'static str,
}

static MACHINE: OnceLock<Machine> = OnceLock::new();

/// What all programs of the machine, or of the nearest control group, can have together.
pub(super) fn total() -> Option<u64> {
    let machine = machine();
    (machine.total > 0).then_some(machine.total)
}

/// What can be taken, a reserve left to the system; `in_need`, most of that, too.
pub(super) fn free(in_need: bool) -> Option<i64> {
    let machine = machine();
    let available = machine.memory.as_ref().and_then(|file| number(file, "MemAvailable:")).map(|kb| kb << 10);
    let left = machine.groups.iter().filter_map(Group::left).chain(available).min()?;
    let reserve = (machine.total / 16).clamp(32 << 20, 512 << 20) / if in_need { 4 } else { 1 };
    Some(left.min(i64::MAX as u64) as i64 - reserve as i64)
}

fn machine() -> &'static Machine {
    MACHINE.get_or_init(|| {
        let memory = File::open("/proc/meminfo").ok();
        let groups: Vec<Group> = groups().into_iter().filter_map(|(folder, v2)| Group::open(&folder, v2)).collect();
        let all = memory.as_ref().and_then(|file| number(file, "MemTotal:")).map(|kb| kb << 10);
        let total = groups.iter().map(|group| group.limit).chain(all).min().unwrap_or(0);
        Machine { total, memory, groups }
    })
}

impl Group {
    /// Nothing, where it has no limit.
    fn open(folder: &Path, v2: bool) -> Option<Group> {
        let (limit, usage, files) = match v2 {
            true => ("memory.max", "memory.current", "inactive_file "),
            false => ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file "),
        };
        /// Without a limit, version 1 names the largest number of pages.
        const NONE: u64 = 1 << 60;
        let limit = number(&File::open(folder.join(limit)).ok()?, "").filter(|limit| *limit < NONE)?;
        let usage = File::open(folder.join(usage)).ok()?;
        Some(Group { limit, usage, stat: File::open(folder.join("memory.stat")).ok(), files })
    }

    fn left(&self) -> Option<u64> {
        let files = self.stat.as_ref().and_then(|stat| number(stat, self.files)).unwrap_or(0);
        Some(self.limit.saturating_sub(number(&self.usage, "")?.saturating_sub(files)))
    }
}

/// The folders of the control groups that this process is in, and whether they are of version 2.
fn groups() -> Vec<(PathBuf, bool)> {
    let read = |file| fs::read_to_string(file).unwrap_or_default();
    folders(&read("/proc/self/cgroup"), &read("/proc/self/mountinfo"))
}

/// From the process's own group up to the root of what is mounted.
fn folders(own: &str, mounts: &str) -> Vec<(PathBuf, bool)> {
    let mut all = Vec::new();
    for line in own.lines() {
        let mut fields = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(path)) = (fields.next(), fields.next()) else { continue };
        let v2 = controllers.is_empty();
        if !v2 && !controllers.split(',').any(|name| name == "memory") {
            continue;
        }
        for (root, mount) in mounts.lines().filter_map(|line| mounted(line, v2)) {
            // In a container, the path may be that of the machine: what is mounted is then the container's own.
            let inside = Path::new(path).strip_prefix(root).unwrap_or(Path::new(""));
            // Without the slash that joining nothing leaves behind.
            let folder: PathBuf = Path::new(mount).join(inside).components().collect();
            all.extend(folder.ancestors().take_while(|up| up.starts_with(mount)).map(|up| (up.to_path_buf(), v2)));
        }
    }
    all
}

/// Which group is mounted, and where, if this line of `mountinfo` says that memory's are.
fn mounted(line: &str, v2: bool) -> Option<(&str, &str)> {
    let (mount, system) = line.split_once(" - ")?;
    let mut system = system.split(' ');
    let kind = system.next()?;
    let is_memory = || system.nth(1).is_some_and(|options| options.split(',').any(|name| name == "memory"));
    let wanted = if v2 { kind == "cgroup2" } else { kind == "cgroup" && { is_memory }() };
    let mut fields = mount.split(' ').skip(3);
    wanted.then_some((fields.next()?, fields.next()?))
}

/// The number behind `name` where a line begins with it.
fn number(file: &File, name: &str) -> Option<u64> {
    let mut text = [0; 8 << 10];
    let length = rustix::io::pread(file, &mut text, 0).ok()?;
    text[..length].split(|byte| *byte == b'\n').find_map(|line| {
        let digits = line.strip_prefix(name.as_bytes())?.trim_ascii_start();
        let end = digits.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(digits.len());
        str::from_utf8(&digits[..end]).ok()?.parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn a_process_is_in_its_groups_up_to_the_root_of_what_is_mounted() {
        let folders = |own, mounts| {
            folders(own, mounts).into_iter().map(|(path, v2)| (path.display().to_string(), v2)).collect::<Vec<_>>()
        };
        let v1 = "32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n\
                  35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory";
        let own = "5:cpu:/other\n4:memory:/a/b\n0::/";
        let expected = ["/sys/fs/cgroup/memory/a/b", "/sys/fs/cgroup/memory/a", "/sys/fs/cgroup/memory"];
        assert_eq!(folders(own, v1), expected.map(|path| (path.to_string(), false)));
        let v2 = "30 23 0:26 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw,nsdelegate";
        let expected = ["/sys/fs/cgroup/job/step", "/sys/fs/cgroup/job", "/sys/fs/cgroup"];
        assert_eq!(folders("0::/job/step", v2), expected.map(|path| (path.to_string(), true)));
        // A container, whose group is mounted as if it were the root.
        let container = "30 23 0:26 /docker/1 /sys/fs/cgroup ro - cgroup2 cgroup rw";
        assert_eq!(folders("0::/docker/1/x", container)[0].0, "/sys/fs/cgroup/x");
        assert_eq!(folders("0::/elsewhere", container), [("/sys/fs/cgroup".to_string(), true)]);
        assert!(folders("", v2).is_empty() && folders("0::/", "nothing").is_empty());
    }

    #[test]
    fn a_group_has_left_what_its_limit_is_above_its_use_without_pages_of_files() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| write!(File::create(folder.path().join(name)).unwrap(), "{text}").unwrap();
        write("memory.max", "1000000\n");
        write("memory.current", "600000\n");
        write("memory.stat", "anon 1\nfile 400000\ninactive_file 100000\n");
        assert_eq!(Group::open(folder.path(), true).unwrap().left(), Some(500_000));
        write("memory.max", "max\n");
        assert!(Group::open(folder.path(), true).is_none());
        write("memory.limit_in_bytes", "9223372036854771712\n");
        write("memory.usage_in_bytes", "1\n");
        assert!(Group::open(folder.path(), false).is_none());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_machine_has_some_memory() {
        assert!(total().unwrap() > 1 << 20);
        assert!(free(false).unwrap() <= free(true).unwrap());
    }
}
