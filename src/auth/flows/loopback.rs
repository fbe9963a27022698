//! Where a browser comes back to after a sign-in: one answer on a loopback port (RFC 8252, 7.3).

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};
use url::Url;
use zeroize::Zeroizing;

use crate::error::{Error, Result, Status};

/// Far more than a redirect with its headers.
const LONGEST_REQUEST: usize = 64 * 1024;
/// Browsers open connections ahead of need and send nothing over them.
const REQUEST_WITHIN: Duration = Duration::from_secs(30);
/// Of more than these the oldest is closed: connections without a request must not keep the browser out.
const MOST_CONNECTIONS: usize = 32;
/// A system that cannot accept for now, for want of descriptors, is asked again after this.
const ACCEPT_AGAIN_AFTER: Duration = Duration::from_millis(200);
/// How many free ports are tried for one that is free in both families.
const PORT_TRIES: u32 = 16;

/// What the browser brought.
#[derive(Debug)]
pub(super) enum Redirect {
    /// The authorization code.
    Code(Zeroizing<String>),
    /// RFC 6749, 4.1.2.1.
    Refused { error: String, description: Option<String> },
}

/// Listens on one port of this machine, for both families where there are both: `localhost` may mean either.
#[derive(Debug)]
pub(super) struct Loopback {
    v4: TcpListener,
    v6: Option<TcpListener>,
    port: u16,
}

enum Answer {
    Redirect(Redirect),
    /// Not what was waited for: a favicon, a connection without a request.
    Other,
    /// A redirect of another sign-in, or what a page of somebody's has the browser ask: no reason to stop waiting.
    Foreign,
}

impl Loopback {
    pub(super) async fn bind(port: Option<u16>) -> Result<Self> {
        let taken = |cause: io::Error| {
            let wanted = port.unwrap_or(0);
            Error::new(Status::Connection, format!("the port {wanted} of this machine cannot be listened on: {cause}"))
                .hint("name another port, or none")
        };
        let mut tries = 0;
        loop {
            tries += 1;
            let v4 = TcpListener::bind((IpAddr::V4(Ipv4Addr::LOCALHOST), port.unwrap_or(0))).await.map_err(taken)?;
            let bound = v4.local_addr().map_err(taken)?.port();
            match TcpListener::bind((IpAddr::V6(Ipv6Addr::LOCALHOST), bound)).await {
                Ok(v6) => return Ok(Self { v4, v6: Some(v6), port: bound }),
                // Another program's there: the browser could bring it the code.
                Err(cause) if cause.kind() == io::ErrorKind::AddrInUse => {
                    if port.is_some() || tries == PORT_TRIES {
                        return Err(taken(cause));
                    }
                }
                // A machine without IPv6.
                Err(_) => return Ok(Self { v4, v6: None, port: bound }),
            }
        }
    }

    /// Entra ignores the port of `http://localhost` (Microsoft Entra "Redirect URI restrictions").
    pub(super) fn redirect_uri(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Waits for the redirect that carries `state`; nothing is listened on afterwards.
    pub(super) async fn redirect(self, state: &str) -> Redirect {
        let mut connections = JoinSet::new();
        let mut oldest: VecDeque<AbortHandle> = VecDeque::new();
        loop {
            tokio::select! {
                accepted = self.accept() => match accepted {
                    Ok(stream) => {
                        oldest.retain(|connection| !connection.is_finished());
                        if oldest.len() >= MOST_CONNECTIONS && let Some(connection) = oldest.pop_front() {
                            connection.abort();
                        }
                        let (state, port) = (state.to_owned(), self.port);
                        oldest.push_back(connections.spawn(async move {
                            let served = serve(stream, port, &state);
                            tokio::time::timeout(REQUEST_WITHIN, served).await.unwrap_or(Answer::Other)
                        }));
                    }
                    // One that broke before it was accepted is the browser's affair.
                    Err(_) => tokio::time::sleep(ACCEPT_AGAIN_AFTER).await,
                },
                Some(served) = connections.join_next() => {
                    if let Ok(Answer::Redirect(redirect)) = served {
                        return redirect;
                    }
                }
            }
        }
    }

    async fn accept(&self) -> io::Result<TcpStream> {
        let accepted = match &self.v6 {
            Some(v6) => tokio::select! {
                accepted = self.v4.accept() => accepted,
                accepted = v6.accept() => accepted,
            },
            None => self.v4.accept().await,
        };
        accepted.map(|(stream, _)| stream)
    }
}

/// Reads one request and answers it.
async fn serve(mut stream: TcpStream, port: u16, state: &str) -> Answer {
    let mut request = Zeroizing::new(Vec::with_capacity(LONGEST_REQUEST));
    loop {
        match stream.read_buf(&mut *request).await {
            Ok(0) | Err(_) => return Answer::Other,
            Ok(_) if request.windows(4).any(|end| end == b"\r\n\r\n") => break,
            Ok(_) if request.len() >= LONGEST_REQUEST => return Answer::Other,
            Ok(_) => {}
        }
    }
    let answer = understand(&request, port, state);
    let (status, text) = match &answer {
        Answer::Redirect(Redirect::Code(_)) => ("200 OK", "You are signed in. You can close this window."),
        Answer::Redirect(Redirect::Refused { .. }) => {
            ("200 OK", "You are not signed in; the script says why. You can close this window.")
        }
        Answer::Foreign => ("400 Bad Request", "This is not the answer that the sign-in waits for."),
        Answer::Other => ("404 Not Found", "There is nothing here."),
    };
    let page = format!(
        "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>ExRun</title><body><p>{text}</p></body></html>"
    );
    let reply = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\ncache-control: no-store\r\ncontent-security-policy: default-src 'none'\r\nreferrer-policy: no-referrer\r\nconnection: close\r\n\r\n{page}",
        page.len()
    );
    // Whether the page was shown makes no difference to the sign-in.
    let _ = stream.write_all(reply.as_bytes()).await;
    let _ = stream.shutdown().await;
    answer
}

fn understand(request: &[u8], port: u16, state: &str) -> Answer {
    let mut headers = [httparse::EMPTY_HEADER; 100];
    let mut parsed = httparse::Request::new(&mut headers);
    let is_whole = parsed.parse(request).is_ok_and(|status| status.is_complete());
    let (true, Some("GET"), Some(path)) = (is_whole, parsed.method, parsed.path) else { return Answer::Other };
    if !is_this_machine(parsed.headers, port) {
        return Answer::Foreign;
    }
    let Ok(url) = Url::parse("http://localhost").and_then(|base| base.join(path)) else { return Answer::Other };
    if url.path() != "/" {
        return Answer::Other;
    }
    let value = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    let code = value("code").filter(|code| !code.is_empty()).map(Zeroizing::new);
    let error = value("error").filter(|error| !error.is_empty());
    if code.is_none() && error.is_none() {
        return Answer::Other;
    }
    let given = value("state").unwrap_or_default();
    let is_ours = given.len() == state.len() && openssl::memcmp::eq(given.as_bytes(), state.as_bytes());
    match (is_ours, code, error) {
        (false, ..) => Answer::Foreign,
        (true, _, Some(error)) => {
            Answer::Redirect(Redirect::Refused { error, description: value("error_description") })
        }
        (true, Some(code), None) => Answer::Redirect(Redirect::Code(code)),
        (true, None, None) => Answer::Other,
    }
}

/// Whether the browser asked for this machine by its own name: a page can give a name of its own this address (DNS
/// rebinding), but not ask under another `Host` than that name.
fn is_this_machine(headers: &[httparse::Header<'_>], port: u16) -> bool {
    let mut hosts = headers.iter().filter(|header| header.name.eq_ignore_ascii_case("host"));
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return false };
    ["localhost", "127.0.0.1", "[::1]"]
        .iter()
        .any(|name| host.value.eq_ignore_ascii_case(format!("{name}:{port}").as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(path: &str) -> Answer {
        from(path, "Host: localhost:81\r\n")
    }

    fn from(path: &str, headers: &str) -> Answer {
        understand(format!("GET {path} HTTP/1.1\r\n{headers}\r\n").as_bytes(), 81, "s1")
    }

    #[test]
    fn only_this_machines_own_name_is_answered() {
        let path = "/?code=a&state=s1";
        for host in ["localhost:81", "LocalHost:81", "127.0.0.1:81", "[::1]:81"] {
            assert!(matches!(from(path, &format!("host: {host}\r\n")), Answer::Redirect(_)), "{host}");
        }
        for headers in [
            "",
            "Host: localhost\r\n",
            "Host: localhost:82\r\n",
            "Host: attacker.example:81\r\n",
            "Host: localhost.attacker.example:81\r\n",
            "Host: localhost:81\r\nHost: attacker.example\r\n",
        ] {
            assert!(matches!(from(path, headers), Answer::Foreign), "{headers}");
        }
    }

    #[tokio::test]
    async fn a_port_of_another_program_is_not_shared() {
        let Ok(other) = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).await else { return };
        let port = other.local_addr().unwrap().port();
        let error = Loopback::bind(Some(port)).await.unwrap_err();
        assert_eq!(error.status(), Status::Connection);
        assert!(error.to_string().contains(&port.to_string()), "{error}");
        assert!(Loopback::bind(None).await.unwrap().v6.is_some());
    }

    #[test]
    fn only_the_redirect_of_this_sign_in_counts() {
        let Answer::Redirect(Redirect::Code(code)) = request("/?code=a%2Fb&state=s1&session_state=x") else { panic!() };
        assert_eq!(code.as_str(), "a/b");
        let refused = request("/?error=access_denied&error_description=AADSTS65004%3A+no&state=s1");
        assert!(
            matches!(refused, Answer::Redirect(Redirect::Refused { description: Some(text), .. }) if text == "AADSTS65004: no")
        );
        for path in ["/?code=a", "/?code=a&state=", "/?code=a&state=s2", "/?error=x&state=s11"] {
            assert!(matches!(request(path), Answer::Foreign), "{path}");
        }
        for path in ["/", "/favicon.ico", "/?state=s1", "/x?code=a&state=s1", "/?code=&state=s1"] {
            assert!(matches!(request(path), Answer::Other), "{path}");
        }
        assert!(matches!(understand(b"nonsense\r\n\r\n", 81, "s1"), Answer::Other));
        assert!(matches!(
            understand(b"POST /?code=a&state=s1 HTTP/1.1\r\nHost: localhost:81\r\n\r\n", 81, "s1"),
            Answer::Other
        ));
    }
}
