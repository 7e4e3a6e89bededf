//! The program in a pseudo-terminal: what a user types, and what then stands on the screen.

use nix::{
    libc,
    pty::{Winsize, openpty},
    unistd::setsid,
};
use std::{
    fs::File,
    io::{Read, Write},
    num::NonZero,
    os::{
        fd::{AsRawFd, OwnedFd},
        unix::process::CommandExt,
    },
    path::Path,
    process::{Child, Command, ExitStatus},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

nix::ioctl_write_int_bad!(make_controlling, libc::TIOCSCTTY);

/// So high that nothing scrolls away: the screen is what happened.
const ROWS: u16 = 400;

/// How long a wait is; a machine under load is slow.
const PATIENCE: Duration = Duration::from_secs(60);

pub const CTRL_C: &str = "\x03";
pub const CTRL_D: &str = "\x04";
pub const TAB: &str = "\t";
pub const UP: &str = "\x1b[A";
pub const ENTER: &str = "\r";

pub struct Terminal {
    /// None once the terminal is closed.
    master: Option<File>,
    child: Child,
    seen: Arc<Mutex<Seen>>,
    listener: Option<JoinHandle<()>>,
    closed: Arc<AtomicBool>,
    /// The row from which [`Terminal::wait_for`] looks.
    from: usize,
}

struct Seen {
    screen: vt100::Parser,
    bytes: Vec<u8>,
}

impl Terminal {
    /// `imdbsh` with `arguments` in `folder`, on a screen of so many columns; its state is kept in the folder too.
    pub fn start(folder: &Path, arguments: &[&str], columns: u16, environment: &[(&str, &str)]) -> Self {
        let size = Winsize { ws_row: ROWS, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        let pty = openpty(Some(&size), None).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_imdbsh"));
        command.args(arguments).current_dir(folder);
        command.env_remove("NO_COLOR").env_remove("IMDBSH_PATH").env_remove("VISUAL").env_remove("EDITOR");
        for name in ["COLORTERM", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "LC_ALL", "LC_CTYPE"] {
            command.env_remove(name);
        }
        command.env("LANG", "C.UTF-8").env("TERM", "xterm-256color").env("XDG_STATE_HOME", folder.join("state"));
        command.envs(environment.iter().copied());
        let end = || pty.slave.try_clone().unwrap();
        command.stdin(end()).stdout(end()).stderr(end());
        // Safe: nothing but two system calls between fork and exec.
        unsafe {
            command.pre_exec(|| {
                setsid()?;
                make_controlling(0, 0)?;
                Ok(())
            });
        }
        close_on_exec(&pty.master);
        let child = command.spawn().unwrap();
        let master = File::from(pty.master);
        let seen = Arc::new(Mutex::new(Seen { screen: parser(columns), bytes: Vec::new() }));
        let closed = Arc::new(AtomicBool::new(false));
        let listener = listen(master.try_clone().unwrap(), seen.clone(), closed.clone());
        Terminal { master: Some(master), child, seen, listener: Some(listener), closed, from: 0 }
    }

    /// Types `keys`.
    pub fn send(&mut self, keys: &str) {
        self.from = self.row();
        self.write(keys.as_bytes());
    }

    /// Types a line and Enter.
    pub fn line(&mut self, text: &str) {
        self.send(text);
        // Both in one go could be taken for a paste.
        self.write(ENTER.as_bytes());
    }

    fn write(&mut self, bytes: &[u8]) {
        self.master.as_mut().unwrap().write_all(bytes).unwrap();
    }

    /// The number of the program's process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Closes the terminal, as its window does, and waits for the program to end.
    pub fn hang_up(mut self) -> ExitStatus {
        self.closed.store(true, Ordering::SeqCst);
        self.listener.take().unwrap().join().unwrap();
        self.master.take();
        self.end()
    }

    /// Pastes a text, as a terminal hands it on.
    pub fn paste(&mut self, text: &str) {
        self.send(&format!("\x1b[200~{text}\x1b[201~"));
    }

    /// Waits until `text` stands on the screen, in the row where the last keys were typed or below.
    pub fn wait_for(&self, text: &str) {
        self.wait_until(&format!("`{text}`"), || self.below().contains(text));
    }

    /// Waits until `text` stands anywhere on the screen: a line that is changed may stand above the last keys.
    pub fn wait_on_screen(&self, text: &str) {
        self.wait_until(&format!("`{text}`"), || self.screen().contains(text));
    }
    /// Waits until one of `texts` stands there, and gives its place in the list.
    pub fn wait_for_one(&self, texts: &[&str]) -> usize {
        let first = || texts.iter().position(|text| self.below().contains(text));
        self.wait_until(&format!("one of {texts:?}"), || first().is_some());
        first().unwrap_or_default()
    }

    /// Waits until the program asks for the next line with `prompt`, and nothing is typed there.
    pub fn ready(&self, prompt: &str) {
        self.wait_until(&format!("the prompt `{prompt}`"), || {
            self.screen().lines().last().is_some_and(|last| last.trim() == prompt.trim())
        });
    }

    /// Types a line, waits for the prompt that comes after what it did, and gives all that stands there.
    pub fn run(&mut self, text: &str, prompt: &str) -> String {
        self.line(text);
        let row = self.from;
        self.wait_until(&format!("a prompt after `{text}`"), || self.row() > row);
        self.ready(prompt);
        self.below()
    }

    /// Presses Ctrl-C in the second epoch of a training, waits for its pause, and gives the prompt there, `paused e2 s11 >`.
    pub fn pause(&mut self) -> String {
        self.wait_for("  lr ");
        std::thread::sleep(Duration::from_millis(200));
        self.send(CTRL_C);
        self.wait_for("paused e2 s");
        let screen = self.screen();
        let at = screen.rfind("paused e2 s").unwrap();
        let prompt = screen[at..].lines().next().unwrap().trim().to_string();
        self.ready(&prompt);
        prompt
    }

    fn wait_until(&self, what: &str, is_so: impl Fn() -> bool) {
        let started = Instant::now();
        while !is_so() {
            assert!(started.elapsed() < PATIENCE, "{what} does not come:\n{}", self.screen());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Everything that stands on the screen.
    pub fn screen(&self) -> String {
        self.seen.lock().unwrap().screen.screen().contents()
    }

    /// Everything that was written to the terminal, escape sequences included.
    pub fn bytes(&self) -> String {
        String::from_utf8_lossy(&self.seen.lock().unwrap().bytes).into_owned()
    }

    /// Whether the program has ended.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Waits for the program to end; all that it has written, and what the screen shows then.
    pub fn whole(mut self) -> (ExitStatus, String, String) {
        let status = self.wait();
        self.listener.take().unwrap().join().unwrap();
        (status, self.bytes(), self.screen())
    }

    /// Waits for the program to end.
    pub fn end(mut self) -> ExitStatus {
        self.wait()
    }

    fn wait(&mut self) -> ExitStatus {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(started.elapsed() < PATIENCE, "the program does not end:\n{}", self.screen());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn row(&self) -> usize {
        usize::from(self.seen.lock().unwrap().screen.screen().cursor_position().0)
    }

    fn below(&self) -> String {
        let seen = self.seen.lock().unwrap();
        let screen = seen.screen.screen();
        let text = screen.contents_between(self.from as u16, 0, ROWS - 1, screen.size().1.get());
        text.trim_end_matches('\n').to_string()
    }
}

impl Drop for Terminal {
    /// A test that fails leaves no program behind.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn parser(columns: u16) -> vt100::Parser {
    let size = |n| NonZero::new(n).unwrap();
    vt100::Parser::new(size(ROWS), size(columns), 0)
}

/// Reads what comes until the terminal is closed.
fn listen(mut master: File, seen: Arc<Mutex<Seen>>, closed: Arc<AtomicBool>) -> JoinHandle<()> {
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while !closed.load(Ordering::SeqCst) {
            if !has_come(&master) {
                continue;
            }
            let Ok(n @ 1..) = master.read(&mut buffer) else { return };
            let mut seen = seen.lock().unwrap();
            seen.screen.process(&buffer[..n]);
            seen.bytes.extend_from_slice(&buffer[..n]);
        }
    })
}

/// A program that had its own terminal's other end would never see it closed.
fn close_on_exec(master: &OwnedFd) {
    // Safe: one file, which is open.
    unsafe { libc::fcntl(master.as_raw_fd(), libc::F_SETFD, libc::FD_CLOEXEC) };
}

/// Whether something can be read within a moment, be it the end.
fn has_come(master: &File) -> bool {
    let mut fd = libc::pollfd { fd: master.as_raw_fd(), events: libc::POLLIN, revents: 0 };
    // Safe: one file, which is open.
    unsafe { libc::poll(&raw mut fd, 1, 50) > 0 }
}
