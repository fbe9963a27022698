//! Where a browser comes back to after a sign-in: one answer on a loopback port (RFC 8252, 7.3).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use url::Url;
use zeroize::Zeroizing;

use crate::error::{Error, Result, Status};

/// Far more than a redirect with its headers.
const LONGEST_REQUEST: usize = 64 * 1024;
/// Browsers open connections ahead of need and send nothing over them.
const REQUEST_WITHIN: Duration = Duration::from_secs(30);
const MOST_CONNECTIONS: usize = 16;

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
    /// A redirect of another sign-in.
    Foreign,
}

impl Loopback {
    pub(super) async fn bind(port: Option<u16>) -> Result<Self> {
        let wanted = port.unwrap_or(0);
        let taken = |cause: std::io::Error| {
            Error::new(Status::Connection, format!("the port {wanted} of this machine cannot be listened on: {cause}"))
                .hint("name another port, or none")
        };
        let v4 = TcpListener::bind((IpAddr::V4(Ipv4Addr::LOCALHOST), wanted)).await.map_err(taken)?;
        let port = v4.local_addr().map_err(taken)?.port();
        let v6 = TcpListener::bind((IpAddr::V6(Ipv6Addr::LOCALHOST), port)).await.ok();
        Ok(Self { v4, v6, port })
    }

    /// Entra ignores the port of `http://localhost` (Microsoft Entra "Redirect URI restrictions").
    pub(super) fn redirect_uri(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Waits for the redirect that carries `state`; nothing is listened on afterwards.
    pub(super) async fn redirect(self, state: &str) -> Result<Redirect> {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                accepted = self.accept(), if connections.len() < MOST_CONNECTIONS => {
                    // One that broke before it was accepted is the browser's affair.
                    if let Ok(stream) = accepted {
                        let state = state.to_owned();
                        connections.spawn(async move {
                            tokio::time::timeout(REQUEST_WITHIN, serve(stream, &state)).await.unwrap_or(Answer::Other)
                        });
                    }
                }
                Some(served) = connections.join_next() => match served {
                    Ok(Answer::Redirect(redirect)) => return Ok(redirect),
                    Ok(Answer::Foreign) => {
                        return Err(Error::new(
                            Status::TokenRefused,
                            "the browser brought the answer of another sign-in (its state is not the one sent)",
                        )
                        .hint("start again"));
                    }
                    Ok(Answer::Other) | Err(_) => {}
                },
            }
        }
    }

    async fn accept(&self) -> std::io::Result<TcpStream> {
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
async fn serve(mut stream: TcpStream, state: &str) -> Answer {
    let mut request = Zeroizing::new(Vec::with_capacity(LONGEST_REQUEST));
    loop {
        match stream.read_buf(&mut *request).await {
            Ok(0) | Err(_) => return Answer::Other,
            Ok(_) if request.windows(4).any(|end| end == b"\r\n\r\n") => break,
            Ok(_) if request.len() >= LONGEST_REQUEST => return Answer::Other,
            Ok(_) => {}
        }
    }
    let answer = understand(&request, state);
    let (status, text) = match &answer {
        Answer::Redirect(Redirect::Code(_)) => ("200 OK", "You are signed in. You can close this window."),
        Answer::Redirect(Redirect::Refused { .. }) => {
            ("200 OK", "You are not signed in; the script says why. You can close this window.")
        }
        Answer::Foreign => ("400 Bad Request", "This is the answer of another sign-in."),
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

fn understand(request: &[u8], state: &str) -> Answer {
    let mut headers = [httparse::EMPTY_HEADER; 100];
    let mut parsed = httparse::Request::new(&mut headers);
    let is_whole = parsed.parse(request).is_ok_and(|status| status.is_complete());
    let (true, Some("GET"), Some(path)) = (is_whole, parsed.method, parsed.path) else { return Answer::Other };
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

#[cfg(test)]
mod tests {
    use super::*;

    fn request(path: &str) -> Answer {
        understand(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes(), "s1")
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
        assert!(matches!(understand(b"nonsense\r\n\r\n", "s1"), Answer::Other));
        assert!(matches!(understand(b"POST /?code=a&state=s1 HTTP/1.1\r\n\r\n", "s1"), Answer::Other));
    }
}
