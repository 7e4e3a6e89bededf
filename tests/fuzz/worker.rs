//! A process that runs cases one after the other, and notes what went wrong.

use super::{calls::Calls, chance::Chance, files::Files, scripts::Scripts};
use imdbsh::{
    access::{self, Want},
    interrupt, memory,
    script::{Limits, Session, Setup, quiet_panics},
};
use std::{
    fs,
    io::Write,
    path::Path,
    sync::Mutex,
    time::{Duration, Instant},
};

/// What went wrong, a line each.
pub const FOUND: &str = "fuzz-found";
/// The case that runs, with its number.
pub const LAST: &str = "fuzz-last";

/// How much of the processor's time a case may take before it is stopped, and how long after that it may go on.
const TIME: Duration = Duration::from_millis(30);
/// The same for a case of a hundred calls.
const TIME_OF_CHAINS: Duration = Duration::from_secs(2);
const HANG: Duration = Duration::from_secs(5);

/// The processor's time of this process, and the clock's, at which a case began.
static BEGAN: Mutex<Option<(Duration, Instant)>> = Mutex::new(None);

fn processor() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// Stops cases as Ctrl-C does; ends the process where that is not answered.
fn watch(time: Duration) {
    loop {
        std::thread::sleep(Duration::from_millis(5));
        let Some((cpu, clock)) = *BEGAN.lock().unwrap() else { continue };
        let (cpu, clock) = (processor().saturating_sub(cpu), clock.elapsed());
        if cpu > time || clock > Duration::from_secs(2) + time {
            interrupt::request();
        }
        // The machine may be busy with something else, or the process be stopped for a while.
        if cpu > HANG + time || clock > Duration::from_secs(600) {
            eprintln!("a hang of {} s", cpu.as_secs());
            std::process::exit(3);
        }
    }
}

pub fn run(kind: &str, from: u64, count: u64) {
    tch::set_num_threads(1);
    let _ = rayon_threads();
    quiet_panics();
    memory::limit(Some(400_000_000), |_| {});
    access::confine();
    access::allow(Want::Write, Path::new("."));
    access::allow(Want::Read, &super::root().join("tests/data"));
    let time = if kind == "chains" { TIME_OF_CHAINS } else { TIME };
    std::thread::spawn(move || watch(time));
    let done = memory::with_stack(|| cases(kind, from, count));
    assert_eq!(done, Ok(()));
}

/// One thread for the text functions too: the machine is shared.
fn rayon_threads() -> bool {
    // SAFETY: no other thread runs yet that reads the environment.
    unsafe { std::env::set_var("RAYON_NUM_THREADS", "1") };
    true
}

fn session() -> Session {
    let limits = Limits { operations: 200_000, ..Limits::default() };
    Session::new(Setup { limits, ..Setup::named("fuzz") }).unwrap()
}

fn cases(kind: &str, from: u64, count: u64) {
    let mut session_now = session();
    let make: Box<dyn Fn(&mut Chance) -> String> = match kind {
        "calls" => {
            let calls = Calls::new(&session_now.engine);
            Box::new(move |chance| calls.make(chance))
        }
        "chains" => {
            let parser = session();
            let calls = Calls::new(&parser.engine);
            Box::new(move |chance| calls.make_chain(&parser.engine, chance))
        }
        "files" => {
            let files = Files::new();
            Box::new(move |chance| files.make(chance))
        }
        _ => {
            let scripts = Scripts::new(&session_now.engine);
            Box::new(move |chance| scripts.make(chance))
        }
    };
    let mut found = fs::File::create(FOUND).unwrap();
    for number in from..from + count {
        if number % 1000 == 0 {
            session_now = session();
            tidy();
        }
        let mut chance = Chance(number);
        let case = make(&mut chance);
        fs::write(LAST, format!("{number}\n{case}")).unwrap();
        session_now.reset();
        interrupt::clear();
        *BEGAN.lock().unwrap() = Some((processor(), Instant::now()));
        let outcome = session_now.eval("fuzz", &case);
        *BEGAN.lock().unwrap() = None;
        let said = outcome.map_or_else(|failure| format!("{failure:?}"), |value| shown(&value));
        if std::env::var_os("FUZZ_SHOW").is_some() {
            println!("{number}: {case}\n    {said}");
        }
        for sign in ["imdbsh itself failed", "panicked at", "frame #", "Exception raised"] {
            if let Some(at) = said.find(sign) {
                let what: String = said[at..].chars().take(300).collect();
                let line = format!("{}\t{number}: {case}", what.lines().next().unwrap_or_default());
                writeln!(found, "{}", line.replace('\n', "\\n")).unwrap();
            }
        }
    }
}

/// A caught error comes as a text.
fn shown(value: &imdbsh::script::Value) -> String {
    value.clone().into_string().unwrap_or_default()
}

/// Removes what the cases have written.
fn tidy() {
    for entry in fs::read_dir(".").unwrap().flatten() {
        let name = entry.file_name();
        if [FOUND, LAST, "stderr"].iter().any(|kept| name == *kept) {
            continue;
        }
        let _ = fs::remove_dir_all(entry.path());
        let _ = fs::remove_file(entry.path());
    }
}
