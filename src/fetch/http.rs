//! One GET request, made by a thread of its own: whoever waits for it hears Ctrl-C at once, even where the network is silent.

use super::address::shown;
use crate::interrupt;
use std::env;
use std::io::Read;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;
use ureq::{Agent, Proxy, http, tls};

/// A connection that is silent for so long is given up.
const SILENCE: Duration = Duration::from_secs(60);
const CONNECT: Duration = Duration::from_secs(30);
/// How often a wait looks up for Ctrl-C.
const GLANCE: Duration = Duration::from_millis(50);
const CHUNK: usize = 1 << 18;

/// Why a request did not succeed.
#[derive(Debug)]
pub enum Trouble {
    /// It may succeed another time.
    Passing(String),
    /// It will not.
    Lasting(String),
    /// There is no way to the server: it will not, unless there was one a moment ago.
    NoWay(String),
    Interrupted,
}

/// The beginning of an answer.
#[derive(Debug)]
pub struct Head {
    pub status: u16,
    headers: http::HeaderMap,
}

impl Head {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub fn length(&self) -> Option<u64> {
        self.header("content-length")?.trim().parse().ok()
    }

    /// The numbers of `bytes 100-199/200`: the first byte that comes, and how many the whole file has.
    pub fn content_range(&self) -> Option<(u64, u64)> {
        let (range, total) = self.header("content-range")?.trim().strip_prefix("bytes ")?.split_once('/')?;
        Some((range.split_once('-')?.0.parse().ok()?, total.parse().ok()?))
    }

    /// The whole of `bytes */200`, as an answer to a range beyond the end gives it.
    pub fn total(&self) -> Option<u64> {
        self.header("content-range")?.rsplit_once('/')?.1.trim().parse().ok()
    }
}

enum Event {
    Head(Head),
    Data(Vec<u8>),
    End,
    Failed(Trouble),
}

/// An answer on its way. Dropping it ends the request.
pub struct Answer(Receiver<Event>);

/// Asks for `url`; redirects are followed, and proxies are those of the environment.
pub fn get(url: &str, headers: Vec<(&'static str, String)>) -> Answer {
    let (sender, receiver) = sync_channel(4);
    let url = url.to_string();
    let failed = sender.clone();
    let serve = move || {
        if let Err(trouble) = serve(&url, headers, &sender) {
            // Fails where nobody listens any more.
            let _ = sender.send(Event::Failed(trouble));
        }
    };
    if let Err(why) = std::thread::Builder::new().spawn(serve) {
        let _ = failed.send(Event::Failed(Trouble::Lasting(format!("no thread can be started for it ({why})"))));
    }
    Answer(receiver)
}

fn serve(url: &str, headers: Vec<(&'static str, String)>, to: &SyncSender<Event>) -> Result<(), Trouble> {
    let agent: Agent = Agent::config_builder()
        .http_status_as_error(false)
        .timeout_connect(Some(CONNECT))
        .timeout_recv_response(Some(SILENCE))
        .timeout_per_read(Some(SILENCE))
        .user_agent(concat!("imdbsh/", env!("CARGO_PKG_VERSION")))
        // The archive as it is: packed once more, its length would not be the one that is announced.
        .accept_encoding("identity")
        .proxy(proxy(url)?)
        .tls_config(tls::TlsConfig::builder().build())
        .build()
        .into();
    let request = headers.into_iter().fold(agent.get(url), |request, (name, value)| request.header(name, value));
    let mut response = request.call().map_err(trouble)?;
    let head = Head { status: response.status().as_u16(), headers: response.headers().clone() };
    if to.send(Event::Head(head)).is_err() {
        return Ok(());
    }
    let mut body = response.body_mut().with_config().limit(u64::MAX).reader();
    loop {
        let mut chunk = vec![0; CHUNK];
        let read = body.read(&mut chunk).map_err(|e| Trouble::Passing(format!("the connection broke off ({e})")))?;
        chunk.truncate(read);
        let event = if read == 0 { Event::End } else { Event::Data(chunk) };
        if to.send(event).is_err() || read == 0 {
            return Ok(());
        }
    }
}

fn trouble(error: ureq::Error) -> Trouble {
    let unknown = || {
        let why = "the server's name is not known here; is there a network, or does it need HTTPS_PROXY?";
        Trouble::NoWay(why.into())
    };
    match error {
        ureq::Error::HostNotFound => unknown(),
        // The system gives such an error no kind of its own.
        ureq::Error::Io(why) if why.to_string().starts_with("failed to lookup address") => unknown(),
        ureq::Error::Io(why) => Trouble::Passing(why.to_string()),
        ureq::Error::BadUri(_) => Trouble::Lasting("this is no address".into()),
        ureq::Error::ConnectProxyFailed(why) => Trouble::Lasting(format!("the proxy refuses ({why})")),
        ureq::Error::TooManyRedirects => Trouble::Lasting("the server sends us round in circles (redirects)".into()),
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => {
            Trouble::Lasting(format!("no secure connection can be made ({error})"))
        }
        ureq::Error::Timeout(_) => Trouble::Passing("the server is silent".into()),
        other => Trouble::Passing(format!("{other}")),
    }
}

/// The proxy that the environment names for this address: `HTTPS_PROXY` or `HTTP_PROXY` by its scheme, else `ALL_PROXY`, in
/// capitals or not; `NO_PROXY` lists hosts, with all below them, that are reached without, as this machine itself always is.
fn proxy(url: &str) -> Result<Option<Proxy>, Trouble> {
    let set = |name: &str| {
        let value = env::var(name).ok().filter(|v| !v.is_empty());
        value.or_else(|| env::var(name.to_lowercase()).ok()).filter(|v| !v.is_empty())
    };
    let uri: http::Uri = url.parse().map_err(|e| Trouble::Lasting(format!("this is no address ({e})")))?;
    if uri.host().is_some_and(|h| h == "localhost" || h == "[::1]" || h.starts_with("127.")) {
        return Ok(None);
    }
    let own = if uri.scheme_str() == Some("https") { "HTTPS_PROXY" } else { "HTTP_PROXY" };
    let Some((name, address)) = [own, "ALL_PROXY"].into_iter().find_map(|name| Some((name, set(name)?))) else {
        return Ok(None);
    };
    let wrong = |_| Trouble::Lasting(format!("{name}={} is not the address of a proxy", shown(&address)));
    let plain = Proxy::new(&address).map_err(wrong)?;
    let mut builder = Proxy::builder(plain.protocol()).host(plain.host()).port(plain.port());
    builder = plain.username().into_iter().fold(builder, ureq::ProxyBuilder::username);
    builder = plain.password().into_iter().fold(builder, ureq::ProxyBuilder::password);
    for host in set("NO_PROXY").unwrap_or_default().split(',').map(str::trim).filter(|h| !h.is_empty()) {
        builder = builder.no_proxy(host).no_proxy(&format!(".{}", host.trim_start_matches(['.', '*'])));
    }
    builder.build().map(Some).map_err(wrong)
}

impl Answer {
    /// Waits for the beginning of the answer.
    pub fn head(&mut self) -> Result<Head, Trouble> {
        match self.next()? {
            Event::Head(head) => Ok(head),
            _ => Err(Trouble::Passing("the server sent no answer".into())),
        }
    }

    /// Waits for the next bytes; `None` at the end.
    pub fn data(&mut self) -> Result<Option<Vec<u8>>, Trouble> {
        match self.next()? {
            Event::Data(bytes) => Ok(Some(bytes)),
            _ => Ok(None),
        }
    }

    fn next(&mut self) -> Result<Event, Trouble> {
        loop {
            if interrupt::requested() {
                return Err(Trouble::Interrupted);
            }
            match self.0.recv_timeout(GLANCE) {
                Ok(Event::Failed(trouble)) => return Err(trouble),
                Ok(event) => return Ok(event),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(Trouble::Passing("the connection broke off".into()));
                }
            }
        }
    }
}
