//! What the Rust peers share: pinning, the hash of a result, the inputs, and the command line.

use std::sync::Mutex;
use std::{env, fs, mem, process};

/// The cores that the process was given, read before anything is pinned.
static CORES: Mutex<Vec<usize>> = Mutex::new(Vec::new());

fn find_cores() {
    unsafe {
        let mut set: libc::cpu_set_t = mem::zeroed();
        libc::sched_getaffinity(0, mem::size_of_val(&set), &mut set);
        let all = 0..libc::CPU_SETSIZE as usize;
        *CORES.lock().unwrap() = all.filter(|&core| libc::CPU_ISSET(core, &set)).collect();
    }
}

/// Pins the calling thread to the `index`th core that the process was given.
pub fn pin(index: usize) {
    let cores = CORES.lock().unwrap();
    unsafe {
        let mut set: libc::cpu_set_t = mem::zeroed();
        libc::CPU_SET(cores[index % cores.len()], &mut set);
        libc::sched_setaffinity(0, mem::size_of_val(&set), &set);
    }
}

/// SplitMix64's finaliser.
pub fn mix(value: u64) -> u64 {
    let mut word = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}

/// Folds words into the hash of a result.
pub fn digest(words: &[u64]) -> u64 {
    words.iter().fold(0, |hash, word| mix(hash ^ word))
}

/// Bytes of the process that are resident.
pub fn resident_bytes() -> u64 {
    let statm = fs::read_to_string("/proc/self/statm").unwrap();
    let pages: u64 = statm.split(' ').nth(1).unwrap().parse().unwrap();
    pages * unsafe { libc::sysconf(libc::_SC_PAGESIZE) } as u64
}

/// Gives what is free in the allocator back to the system, so that what is taken next shows as resident.
pub fn trim_memory() {
    unsafe { libc::malloc_trim(0) };
}

/// What one repetition found.
pub struct Sample {
    pub value: f64,
    /// None if it cannot be compared with others.
    pub hash: Option<u64>,
    /// Further figures of the same repetition: what the work's name is continued with, and the value.
    pub further: Vec<(&'static str, f64)>,
}

impl Sample {
    pub fn new(value: f64, hash: Option<u64>) -> Self {
        Sample { value, hash, further: Vec::new() }
    }

    /// A figure in nanoseconds a piece.
    pub fn per_piece(nanoseconds: u128, count: usize, hash: Option<u64>) -> Self {
        Sample::new(nanoseconds as f64 / count as f64, hash)
    }
}

/// What a repetition is given.
pub struct Context {
    pub folder: String,
    /// The repetition does not count: it pays for first touches of memory and of code, and may do less.
    pub warms_up: bool,
}

impl Context {
    /// How many operations to do whose number is `full`.
    pub fn count(&self, full: usize) -> usize {
        if self.warms_up { full / 10 } else { full }
    }

    /// The bytes of an input as it was exported.
    pub fn bytes(&self, name: &str) -> Vec<u8> {
        let path = format!("{}/{}", self.folder, name);
        fs::read(&path).unwrap_or_else(|error| {
            eprintln!("{path}: {error}");
            process::exit(66)
        })
    }
}

/// One thing that a program measures: a work of ours, as done by a peer.
pub struct Work {
    pub name: &'static str,
    pub who: &'static str,
    pub unit: &'static str,
    pub run: Box<dyn Fn(&Context) -> Sample>,
}

impl Work {
    pub fn new(
        name: &'static str, who: &'static str, unit: &'static str, run: impl Fn(&Context) -> Sample + 'static,
    ) -> Self {
        Work { name, who, unit, run: Box::new(run) }
    }

    fn print(&self, suffix: &str, value: f64, hash: Option<u64>) {
        let hash = hash.map_or("-".to_string(), |hash| format!("{hash:016x}"));
        println!("{}{}\t{}\t{}\t{:.4}\t{}", self.name, suffix, self.who, self.unit, value, hash);
    }
}

/// The program: `--works` names what it knows, `<input folder> <work>…` measures each of them once.
pub fn main(works: Vec<Work>) {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if arguments == ["--works"] {
        works.iter().for_each(|work| println!("{}", work.name));
        return;
    }
    if arguments.len() < 2 {
        eprintln!("usage: <program> --works | <input folder> <work>...");
        process::exit(64);
    }
    find_cores();
    pin(0);
    for work in works.iter().filter(|work| arguments[1..].iter().any(|name| name == work.name)) {
        (work.run)(&Context { folder: arguments[0].clone(), warms_up: true });
        let sample = (work.run)(&Context { folder: arguments[0].clone(), warms_up: false });
        work.print("", sample.value, sample.hash);
        for (name, value) in &sample.further {
            work.print(&format!("/{name}"), *value, sample.hash);
        }
    }
}
