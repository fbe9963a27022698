//! How the options of a client are read.

use std::time::Duration;

use super::super::super::secret::SECRETS;
use super::super::client::ClientOptions;
use super::super::read;
use crate::client::{self, Client, Credential, TokenCache, TokenVersion};
use crate::cloud::Cloud;
use crate::error::{Result, Status};
use crate::secret::Secret;
use crate::signature::Algorithm;

fn read_options(text: &str) -> Result<client::ClientOptions> {
    read::<ClientOptions>(text)?.options()
}

fn fault(text: &str) -> String {
    let error = read_options(text).unwrap_err();
    assert_eq!(error.status(), Status::InvalidArgument, "{error}");
    error.to_string()
}

#[test]
fn nothing_is_a_client_without_identity() {
    for text in ["", "{}", r#"{"tenantId":null,"credential":null}"#] {
        let options = read_options(text).unwrap();
        assert!(options.tenant_id.is_none() && options.credential.is_none());
        assert_eq!(options.max_tries, client::ClientOptions::default().max_tries);
    }
}

#[test]
fn every_member_is_read() {
    let password = SECRETS.insert(Secret::new(b"hunter2".to_vec())).unwrap();
    let text = format!(
        r#"{{"tenantId":"contoso.com","clientId":"c","cloud":"usGov",
        "credential":{{"certificateFile":"app.pfx","passwordSecret":{password}}},
        "assertionAlgorithm":"RS256","validForMinutes":1440,"sendX5c":true,"continuousAccess":true,"tokenVersion":1,"resource":"","tokenCache":"persistent",
        "proxy":"http://user@proxy:3128","proxyPasswordSecret":{password},"caFile":"ca.pem",
        "requestTimeoutMs":5,"maxTries":3,"maxRetryMs":0,"maxConcurrency":64,"userAgent":"x/1"}}"#
    );
    let options = read_options(&text).unwrap();
    SECRETS.take(password).unwrap();
    assert_eq!(options.tenant_id.as_deref(), Some("contoso.com"));
    assert_eq!(options.client_id.as_deref(), Some("c"));
    assert_eq!(options.cloud, Cloud::US_GOV);
    let Some(Credential::CertificateFile { path, password: Some(password) }) = &options.credential else {
        panic!("{:?}", options.credential)
    };
    assert_eq!((path.to_str(), password.bytes()), (Some("app.pfx"), &b"hunter2"[..]));
    assert_eq!(options.assertion_algorithm, Some(Algorithm::Rs256));
    assert_eq!(options.valid_for_minutes, Some(1440));
    assert!(options.send_x5c && options.continuous_access);
    assert_eq!(options.token_version, TokenVersion::V1);
    assert!(matches!(options.token_cache, TokenCache::Persistent(_)));
    assert_eq!(options.resource.as_deref(), Some(""));
    assert_eq!(options.proxy.as_deref(), Some("http://user@proxy:3128"));
    assert!(options.proxy_password.is_some() && options.ca_file.is_some());
    assert_eq!(options.request_timeout, Duration::from_millis(5));
    assert_eq!((options.max_tries, options.max_retry, options.max_concurrency), (3, Duration::ZERO, 64));
    assert_eq!(options.user_agent.as_deref(), Some("x/1"));
}

#[test]
fn a_custom_cloud_names_all_its_hosts() {
    let cloud = r#"{"cloud":{"loginHost":"l","graphHost":"g","vaultSuffix":"v"}}"#;
    assert_eq!(read_options(cloud).unwrap().cloud.graph_host, "g");
    assert!(fault(r#"{"cloud":{"loginHost":"l"}}"#).contains("cloud.graphHost is missing"));
    for host in ["https://l", "l/x", "u@l", "l x", ".l", "l?x"] {
        let text = format!(r#"{{"cloud":{{"loginHost":"{host}","graphHost":"g","vaultSuffix":"v"}}}}"#);
        let error = Client::new(read_options(&text).unwrap()).err().unwrap();
        assert!(error.to_string().contains("cloud.loginHost:"), "{error}");
    }
    assert!(fault(r#"{"cloud":"mars"}"#).contains("must be one of public"));
}

#[test]
fn faults_name_the_member() {
    for (text, part) in [
        (r#"{"validForMinutes":0}"#, "validForMinutes is 0; it must be 1 to 1440"),
        (r#"{"tokenCache":"disk"}"#, "tokenCache must be one of memory, persistent"),
        (r#"{"tokenVersion":3}"#, "tokenVersion is 3"),
        (r#"{"maxConcurrency":0}"#, "maxConcurrency is 0"),
        (r#"{"assertionAlgorithm":"HS256"}"#, "assertionAlgorithm must be one of PS256, RS256"),
        (r#"{"tenantId":" "}"#, "tenantId must not be blank"),
        (r#"{"tenantID":"x"}"#, "tenantID is unknown; the name is tenantId"),
    ] {
        let error = fault(text);
        assert!(error.contains(part), "{text}: {error}");
    }
}

#[test]
fn a_password_in_the_proxy_is_refused_and_not_repeated() {
    for proxy in ["http://user:hunter2@proxy:3128", "user:hunter2@proxy", "http://:hunter2@proxy/x@y"] {
        let error = fault(&format!(r#"{{"proxy":"{proxy}"}}"#));
        assert!(error.contains("proxy holds a password") && !error.contains("hunter2"), "{error}");
    }
    for proxy in ["proxy:3128", "http://proxy:3128", "http://user@proxy:3128/", "http://[::1]:3128"] {
        assert!(read_options(&format!(r#"{{"proxy":"{proxy}"}}"#)).is_ok(), "{proxy}");
    }
}
