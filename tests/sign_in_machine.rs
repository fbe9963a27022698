//! Managed identities and the environment, against the emulator.

#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

mod support;

use exrun::Status;
use exrun::client::{
    Client, ClientOptions, Credential, IdentityId, ManagedIdentityOptions, TokenReply, TokenRequest, Variables,
};
use exrun::cloud::Cloud;
use exrun::rows::ReportRequest;
use exrun::secret::Secret;
use exrun_emulator::identity::{IDENTITY_CLIENT_ID, IDENTITY_OBJECT_ID, IDENTITY_RESOURCE_ID};
use exrun_emulator::{Config, Emulator};
use serde_json::{Map, Value};
use support::{TENANT, acquire, refusal, start, token};

fn variables(pairs: &[(&str, &str)]) -> Variables {
    let members: Map<String, Value> = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
    Variables::from_json(&Secret::new(Value::Object(members).to_string().into_bytes())).unwrap()
}

fn machine(options: &ClientOptions, id: Option<IdentityId>, variables: Variables) -> Client {
    let credential = Some(Credential::ManagedIdentity(ManagedIdentityOptions { id, variables }));
    let clock = support::quick();
    Client::new(ClientOptions { credential, tenant_id: None, client_id: None, clock, ..options.clone() }).unwrap()
}

/// The same identity, in the two shapes that a machine may have.
fn shapes(emulator: &Emulator) -> [Variables; 2] {
    let imds = format!("http://{}", emulator.addr());
    let [endpoint, header] = emulator.app_service_variables();
    [
        variables(&[("AZURE_POD_IDENTITY_AUTHORITY_HOST", &imds)]),
        variables(&[(endpoint.0, &endpoint.1), (header.0, &header.1)]),
    ]
}

#[test]
fn a_machine_signs_in_without_tenant_client_or_secret() {
    let (emulator, _certificate, options) = start(Config { mailboxes: 5, broken_percent: 0.0, ..Config::default() });
    for variables in shapes(&emulator) {
        let client = machine(&options, None, variables);
        let (members, text, from_cache) = token(&client);
        assert!(text.starts_with("eyJ") && !from_cache);
        assert_eq!(members["resource"], "https://graph.microsoft.com");
        assert!(members["expires_on"].is_string());
        assert!(token(&client).2, "the token is cached");
        let rows = support::report(&client, &ReportRequest::default(), &[emulator.population().upn(1)]).unwrap();
        assert!(rows[0].get("error").is_none(), "{rows:?}");
    }
    assert_eq!(emulator.state().requests_of("identity"), 2);
}

#[test]
fn one_of_several_identities_is_named_as_each_shape_wants() {
    let (emulator, _certificate, options) = start(Config::default());
    for variables in shapes(&emulator) {
        for id in [
            IdentityId::Client(IDENTITY_CLIENT_ID.into()),
            IdentityId::Object(IDENTITY_OBJECT_ID.into()),
            IdentityId::Resource(IDENTITY_RESOURCE_ID.into()),
        ] {
            assert!(token(&machine(&options, Some(id), variables.clone())).1.starts_with("eyJ"));
        }
        let other = machine(&options, Some(IdentityId::Client(TENANT.into())), variables);
        match acquire(&other, TokenRequest::default()).0 {
            Ok(TokenReply::Refused(_, error)) | Err(error) => {
                assert!(error.to_string().contains("has this managed identity"), "{error}");
                assert!(error.to_string().contains("Identity not found"), "{error}");
            }
            Ok(TokenReply::Token { .. }) => panic!("a token came"),
        }
    }
}

#[test]
fn a_machine_that_is_still_being_set_up_is_asked_again() {
    let (emulator, _certificate, options) = start(Config::default());
    for (status, variables) in [404, 410, 429, 500, 503].into_iter().zip(shapes(&emulator).into_iter().cycle()) {
        emulator.reset();
        let script = format!(r#"{{"rules":[{{"kind":"identity","times":1,"action":{{"status":{status}}}}}]}}"#);
        emulator.set_faults(serde_json::from_str(&script).unwrap());
        let client = machine(&options, None, variables);
        let request = TokenRequest { force_refresh: true, ..TokenRequest::default() };
        assert!(matches!(acquire(&client, request).0.unwrap(), TokenReply::Token { .. }), "{status}");
        assert_eq!(emulator.state().requests_of("identity"), 2, "{status}");
    }
}

#[test]
fn a_machine_that_takes_its_time_is_waited_for_by_who_stands_there_too() {
    let (emulator, _certificate, options) = start(Config::default());
    let [imds, _] = shapes(&emulator);
    // IMDS may be gone for 70 seconds ("How to use managed identities", error handling).
    for (status, answers) in [(410, true), (404, true), (500, false)] {
        emulator.reset();
        let script = format!(r#"{{"rules":[{{"kind":"identity","times":8,"action":{{"status":{status}}}}}]}}"#);
        emulator.set_faults(serde_json::from_str(&script).unwrap());
        let clock = support::quick();
        let credential =
            Some(Credential::ManagedIdentity(ManagedIdentityOptions { id: None, variables: imds.clone() }));
        let client = Client::new(ClientOptions { credential, clock: clock.clone(), ..options.clone() }).unwrap();
        let reply = acquire(&client, TokenRequest { force_refresh: true, ..TokenRequest::default() }).0;
        assert_eq!(matches!(reply, Ok(TokenReply::Token { .. })), answers, "{status}");
        let waited: std::time::Duration = clock.waits.lock().iter().sum();
        assert!(waited.as_secs() < 90, "{status}: {waited:?}");
    }
}

#[test]
fn it_never_goes_through_a_proxy() {
    let (emulator, _certificate, options) = start(Config::default());
    // Nothing listens there: whoever used it would fail.
    let options = ClientOptions { proxy: Some("http://127.0.0.1:9".into()), connect_to: None, ..options };
    let [imds, _] = shapes(&emulator);
    let client = machine(&options, Some(IdentityId::Client(IDENTITY_CLIENT_ID.into())), imds);
    assert!(matches!(
        acquire(&client, TokenRequest { force_refresh: true, ..TokenRequest::default() }).0.unwrap(),
        TokenReply::Token { .. }
    ));
}

#[test]
fn a_trial_asks_the_emulator_in_the_place_of_the_machine() {
    let (emulator, _certificate, options) = start(Config::default());
    assert!(token(&machine(&options, None, variables(&[]))).1.starts_with("eyJ"));
    assert_eq!(emulator.state().requests_of("identity"), 1);
}

#[test]
fn plain_http_to_another_machine_is_refused_before_anything_is_sent() {
    let credential = |pairs: &[(&str, &str)]| {
        let options = ManagedIdentityOptions { id: None, variables: variables(pairs) };
        Client::new(ClientOptions { credential: Some(Credential::ManagedIdentity(options)), ..Default::default() })
    };
    let error =
        credential(&[("IDENTITY_ENDPOINT", "http://10.1.2.3/token"), ("IDENTITY_HEADER", "hunter2")]).unwrap_err();
    assert_eq!(error.status(), Status::InvalidArgument);
    assert!(error.to_string().contains("another machine") && !error.to_string().contains("hunter2"), "{error}");
    // Arc is known and not supported: said as such.
    let error = credential(&[("IDENTITY_ENDPOINT", "http://localhost:40342/x")]).unwrap_err();
    assert!(error.to_string().contains("Azure Arc"), "{error}");
}

#[test]
fn the_environment_names_tenant_app_and_credential() {
    let (emulator, certificate, options) =
        start(Config { client_secret: Some("environment".into()), ..Config::default() });
    let pfx = certificate.pfx.to_str().unwrap();
    let app = options.client_id.clone().unwrap();
    let base = [("AZURE_TENANT_ID", TENANT), ("AZURE_CLIENT_ID", app.as_str())];
    let with = |more: &[(&str, &str)], explicit: &ClientOptions| {
        let all: Vec<_> = base.iter().chain(more).copied().collect();
        let credential = Some(Credential::Environment(variables(&all)));
        Client::new(ClientOptions { credential, ..explicit.clone() }).unwrap()
    };
    let bare = ClientOptions { tenant_id: None, client_id: None, ..options.clone() };
    assert!(token(&with(&[("AZURE_CLIENT_SECRET", "environment")], &bare)).1.starts_with("eyJ"));
    assert!(token(&with(&[("AZURE_CLIENT_CERTIFICATE_PATH", pfx)], &bare)).1.starts_with("eyJ"));
    // What is given comes before the environment.
    let elsewhere = ClientOptions { tenant_id: Some("nowhere.example".into()), ..bare.clone() };
    let (_, error) = refusal(&with(&[("AZURE_CLIENT_SECRET", "environment")], &elsewhere));
    assert_eq!(error.status(), Status::TenantNotFound);
    // The authority chooses the cloud, and with it Graph.
    let gov = with(
        &[("AZURE_CLIENT_SECRET", "environment"), ("AZURE_AUTHORITY_HOST", "https://login.microsoftonline.us/")],
        &bare,
    );
    assert_eq!(gov.options().cloud, Cloud::US_GOV);
    assert_eq!(token(&gov).0["resource"], "https://graph.microsoft.us");
    let error =
        Client::new(ClientOptions { credential: Some(Credential::Environment(variables(&base))), ..bare }).unwrap_err();
    assert_eq!(error.status(), Status::CredentialMissing);
    assert_eq!(emulator.state().requests_of("token"), 4);
}

#[test]
fn an_authority_by_an_older_name_is_of_its_cloud_all_the_same() {
    // The first is what the constant of Azure's SDKs for China says.
    for (host, cloud) in [
        ("https://login.chinacloudapi.cn/", Cloud::CHINA),
        ("login.windows.net", Cloud::PUBLIC),
        ("https://login.usgovcloudapi.net", Cloud::US_GOV),
    ] {
        let app = [
            ("AZURE_TENANT_ID", TENANT),
            ("AZURE_CLIENT_ID", TENANT),
            ("AZURE_CLIENT_SECRET", "secret"),
            ("AZURE_AUTHORITY_HOST", host),
        ];
        let credential = Some(Credential::Environment(variables(&app)));
        let client = Client::new(ClientOptions { credential, ..ClientOptions::default() }).unwrap();
        let found = &client.options().cloud;
        assert_eq!((&found.graph_host, &found.vault_suffix), (&cloud.graph_host, &cloud.vault_suffix), "{host}");
        assert!(host.contains(&*found.login_host), "{host}: tokens are asked for where it says");
    }
}
