//! Starting and stopping an emulator.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio_rustls::TlsAcceptor;

use crate::config::Config;
use crate::counters::State;
use crate::directory::Directory;
use crate::exchange;
use crate::faults::FaultScript;
use crate::population::Population;
use crate::service::Service;
use crate::tls;
use crate::tokens::Issued;
use crate::vault::Vaults;
use crate::writes::Write;

/// Streams on an HTTP/2 connection, as Graph allows.
const STREAMS: u32 = 100;

/// A running emulator; dropping it stops it.
#[derive(Debug)]
pub struct Emulator {
    service: Arc<Service>,
    address: SocketAddr,
    ca_pem: String,
    ca_file: PathBuf,
    temporary: bool,
    runtime: Option<Runtime>,
}

impl Emulator {
    /// Starts an emulator on threads of its own.
    ///
    /// # Errors
    ///
    /// Where the port is taken or the CA's file cannot be written.
    pub fn start(config: Config) -> io::Result<Self> {
        let (ca_pem, tls) = tls::make().map_err(|cause| io::Error::other(cause.to_string()))?;
        let temporary = config.ca_file.is_none();
        let ca_file = config
            .ca_file
            .clone()
            .unwrap_or_else(|| std::env::temp_dir().join(format!("exrun-emulator-{}-ca.pem", uuid::Uuid::new_v4())));
        std::fs::write(&ca_file, &ca_pem)?;
        let port = config.port;
        let service = Arc::new(Service::new(config).map_err(io::Error::other)?);
        let runtime = Builder::new_multi_thread().worker_threads(2).thread_name("emulator").enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, port)))?;
        let address = listener.local_addr()?;
        runtime.spawn(accept(listener, TlsAcceptor::from(tls), Arc::clone(&service)));
        Ok(Self { service, address, ca_pem, ca_file, temporary, runtime: Some(runtime) })
    }

    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.address
    }

    /// The CA's certificate.
    #[must_use]
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// The file with the CA's certificate.
    #[must_use]
    pub fn ca_file(&self) -> &Path {
        &self.ca_file
    }

    /// The mailboxes.
    #[must_use]
    pub fn population(&self) -> Population {
        self.service.population
    }

    /// The directory.
    #[must_use]
    pub fn directory(&self) -> Directory {
        self.service.directory()
    }

    /// Registers a certificate on the application.
    pub fn register_certificate(&self, der: &[u8]) {
        self.service.application.register(der);
    }

    /// A token for Graph with these roles, as the token endpoint would issue it.
    #[must_use]
    pub fn graph_token(&self, roles: &[&str]) -> String {
        let now = self.service.now();
        let expires = now + self.service.config.token_lifetime;
        let tenant = &self.service.config.tenant;
        let app = self.service.application.read().0;
        let issued = Issued {
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
            ..Issued::new(tenant, "https://graph.microsoft.com", &app, expires)
        };
        self.service.tokens.issue(issued, now, "2.0")
    }

    /// The settings of a mailbox with what was written to it.
    #[must_use]
    pub fn settings(&self, index: u64) -> serde_json::Value {
        crate::graph::mailbox_settings::settings(&self.service, index)
    }

    /// The counters.
    #[must_use]
    pub fn state(&self) -> State {
        self.service.counters.snapshot()
    }

    /// The writes that came, in their order.
    #[must_use]
    pub fn writes(&self) -> Vec<Write> {
        self.service.writes.all()
    }

    /// Sets the counters back, and forgets the writes.
    pub fn reset(&self) {
        self.service.counters.reset();
        self.service.writes.clear();
    }

    /// Makes every token that delta queries of a mailbox have given so far one that has expired: it is refused with this
    /// status and code.
    pub fn expire_deltas(&self, index: u64, status: u16, code: &str) {
        self.service.items.expire_deltas(index, status, code);
    }

    /// Puts a message into a mailbox that it has received, and gives its id: `message` has members of a message,
    /// `attachments` a list of `{"name", "contentBytes" (base64) or "size", "@odata.type"?, "isInline"?}`.
    ///
    /// # Errors
    ///
    /// What is wrong with them.
    pub fn plant(
        &self,
        index: u64,
        message: &serde_json::Value,
        attachments: &serde_json::Value,
    ) -> Result<String, String> {
        self.service.items.plant(&self.service, index, message, attachments)
    }

    /// The messages of a mailbox that lie in a folder with this well-known name, or with `None` anywhere but among what
    /// was deleted.
    #[must_use]
    pub fn messages(&self, index: u64, folder: Option<&str>) -> Vec<serde_json::Value> {
        self.service.items.messages(&self.service, index, folder)
    }

    /// Replaces the fault script.
    pub fn set_faults(&self, script: FaultScript) {
        self.service.faults.replace(script);
    }

    /// The vaults.
    #[must_use]
    pub fn vaults(&self) -> &Vaults {
        &self.service.vaults
    }

    /// Renews a certificate of a vault; gives the new one's DER.
    ///
    /// # Errors
    ///
    /// Where there is no such certificate.
    pub fn renew_vault_certificate(&self, vault: &str, name: &str) -> Result<Vec<u8>, String> {
        self.service.vaults.renew_certificate(vault, name, self.service.now())
    }

    /// The newest version of a vault's certificate (DER).
    ///
    /// # Errors
    ///
    /// Where there is no such certificate.
    pub fn vault_certificate(&self, vault: &str, name: &str) -> Result<Vec<u8>, String> {
        self.service.vaults.certificate(vault, name, self.service.now())
    }

    /// Makes every token that was issued so far worthless.
    pub fn revoke_tokens(&self) {
        self.service.tokens.revoke_all(self.service.now());
    }

    /// Makes every refresh token worthless.
    pub fn revoke_sessions(&self) {
        self.service.sign_ins.revoke();
    }

    /// The variables that App Service would set for its managed identity.
    #[must_use]
    pub fn app_service_variables(&self) -> [(&'static str, String); 2] {
        [
            ("IDENTITY_ENDPOINT", format!("http://{}/msi/token", self.address)),
            ("IDENTITY_HEADER", crate::identity::IDENTITY_HEADER.to_owned()),
        ]
    }

    /// Moves the emulator's clock against the system's.
    pub fn set_clock_offset(&self, seconds: i64) {
        self.service.set_clock_offset(seconds);
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
        if self.temporary {
            // A file left behind in the temporary folder harms nobody.
            let _ = std::fs::remove_file(&self.ca_file);
        }
    }
}

async fn accept(listener: TcpListener, tls: TlsAcceptor, service: Arc<Service>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        service.counters.count(|state| state.connections += 1);
        let tls = tls.clone();
        let service = Arc::clone(&service);
        tokio::spawn(async move {
            let _ = stream.set_nodelay(true);
            // A TLS connection begins with a handshake record (RFC 8446, 5.1); the endpoints of managed identities
            // are plain HTTP.
            let mut first = [0];
            let is_tls = stream.peek(&mut first).await.is_ok_and(|read| read == 1) && first[0] == 0x16;
            let answer = service_fn(move |request| exchange::answer(Arc::clone(&service), request, is_tls));
            let mut builder = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
            builder.http2().max_concurrent_streams(STREAMS);
            // How a connection ends is the client's affair.
            if is_tls {
                let Ok(stream) = tls.accept(stream).await else { return };
                let _ = builder.serve_connection(TokioIo::new(stream), answer).await;
            } else {
                let _ = builder.serve_connection(TokioIo::new(stream), answer).await;
            }
        });
    }
}
