//! A server on this machine that answers as badly as it is told to.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Answers one request, whose head is given.
pub type Answer = Box<dyn Fn(&str, &mut TcpStream) + Send>;

pub struct Server {
    pub base: String,
    pub port: u16,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Each request gets the next answer; from the last on, all get the last.
    pub fn new(answers: Vec<Answer>) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = requests.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let head = head(&stream);
                let mut seen = seen.lock().unwrap();
                let answer = &answers[seen.len().min(answers.len() - 1)];
                seen.push(head.clone());
                drop(seen);
                answer(&head, &mut stream);
            }
        });
        Server { base: format!("http://127.0.0.1:{port}/data"), port, requests }
    }

    /// The heads of the requests so far.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

fn head(stream: &TcpStream) -> String {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    let mut head = String::new();
    while let Some(Ok(line)) = lines.next() {
        if line.is_empty() {
            break;
        }
        head += &format!("{line}\n");
    }
    head
}

/// The value of a header of a request.
pub fn header(head: &str, name: &str) -> Option<String> {
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.into_iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_string())
}

/// The first byte that a request wants.
pub fn wanted(head: &str) -> Option<usize> {
    header(head, "range")?.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok()
}

fn send(stream: &mut TcpStream, status: &str, headers: &str, body: &[u8]) {
    // The client may have gone.
    let _ = write!(stream, "HTTP/1.1 {status}\r\n{headers}Connection: close\r\n\r\n");
    let _ = stream.write_all(body);
}

/// As a good server does it: ranges, and `If-Range` by the ETag.
pub fn honest(body: &[u8], etag: &'static str) -> Answer {
    let body = body.to_vec();
    Box::new(move |head, stream| answer(head, stream, &body, etag, body.len()))
}

/// The same, but the connection ends after `count` bytes.
pub fn cut(body: &[u8], etag: &'static str, count: usize) -> Answer {
    let body = body.to_vec();
    Box::new(move |head, stream| answer(head, stream, &body, etag, count))
}

/// The same, but after `count` bytes nothing comes any more.
pub fn stalled(body: &[u8], etag: &'static str, count: usize) -> Answer {
    let body = body.to_vec();
    Box::new(move |head, stream| {
        answer(head, stream, &body, etag, count);
        // Kept open by a thread, so that others are served.
        let stream = stream.try_clone().unwrap();
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_secs(60));
            drop(stream);
        });
    })
}

fn answer(head: &str, stream: &mut TcpStream, body: &[u8], etag: &str, count: usize) {
    let same = header(head, "if-range").is_none_or(|tag| tag == etag);
    let total = body.len();
    match wanted(head).filter(|_| same) {
        Some(from) => {
            let headers = format!(
                "Content-Length: {}\r\nContent-Range: bytes {from}-{}/{total}\r\nETag: {etag}\r\n",
                total - from,
                total - 1
            );
            send(stream, "206 Partial Content", &headers, &body[from..(from + count).min(total)]);
        }
        None => {
            let headers = format!("Content-Length: {total}\r\nETag: {etag}\r\nAccept-Ranges: bytes\r\n");
            send(stream, "200 OK", &headers, &body[..count.min(total)]);
        }
    }
}

/// A server that has never heard of ranges; the connection ends after `count` bytes.
pub fn without_ranges(body: &[u8], count: usize) -> Answer {
    let body = body.to_vec();
    Box::new(move |_, stream| {
        let headers = format!("Content-Length: {}\r\n", body.len());
        send(stream, "200 OK", &headers, &body[..count.min(body.len())]);
    })
}

/// Any answer.
pub fn plain(status: &'static str, headers: &'static str, body: &'static [u8]) -> Answer {
    Box::new(move |_, stream| {
        send(stream, status, &format!("{headers}Content-Length: {}\r\n", body.len()), body);
    })
}

/// A proxy that is also the server at its other end.
pub fn tunnel(to: Answer) -> Answer {
    Box::new(move |_, stream| {
        stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").unwrap();
        to(&head(stream), stream);
    })
}
