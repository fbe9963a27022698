//! A key that the library never sees: made and used by OpenSSL here, in the place of a store or smart card.

#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use exrun::client::{Client, ClientOptions, Credential};
use exrun::rows::ReportRequest;
use exrun::signature::{Algorithm, Answer, SignatureRequest};
use exrun_emulator::Config;
use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::md::Md;
use openssl::pkey::{PKey, Private};
use openssl::pkey_ctx::PkeyCtx;
use openssl::rsa::{Padding, Rsa};
use openssl::sign::RsaPssSaltlen;
use openssl::x509::{X509, X509Name};
use support::start;

/// A key that stays here, and the public half of its certificate.
struct Store {
    key: PKey<Private>,
    der: Vec<u8>,
    /// As many a smart card.
    refuses_pss: bool,
    signed: AtomicUsize,
}

impl Store {
    fn new(refuses_pss: bool) -> Self {
        let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
        let mut name = X509Name::builder().unwrap();
        name.append_entry_by_text("CN", "in a store").unwrap();
        let name = name.build();
        let mut builder = X509::builder().unwrap();
        builder.set_version(2).unwrap();
        builder.set_serial_number(&BigNum::from_u32(7).unwrap().to_asn1_integer().unwrap()).unwrap();
        builder.set_subject_name(&name).unwrap();
        builder.set_issuer_name(&name).unwrap();
        builder.set_pubkey(&key).unwrap();
        builder.set_not_before(&Asn1Time::days_from_now(0).unwrap()).unwrap();
        builder.set_not_after(&Asn1Time::days_from_now(90).unwrap()).unwrap();
        builder.sign(&key, MessageDigest::sha256()).unwrap();
        let der = builder.build().to_der().unwrap();
        Self { key, der, refuses_pss, signed: AtomicUsize::new(0) }
    }

    fn answer(&self, request: &SignatureRequest) -> Answer {
        if self.refuses_pss && request.algorithm == Algorithm::Ps256 {
            return Answer::Declined;
        }
        let mut context = PkeyCtx::new(&self.key).unwrap();
        context.sign_init().unwrap();
        match request.algorithm {
            Algorithm::Ps256 => {
                context.set_rsa_padding(Padding::PKCS1_PSS).unwrap();
                context.set_signature_md(Md::sha256()).unwrap();
                context.set_rsa_pss_saltlen(RsaPssSaltlen::DIGEST_LENGTH).unwrap();
            }
            Algorithm::Rs256 => {
                context.set_rsa_padding(Padding::PKCS1).unwrap();
                context.set_signature_md(Md::sha256()).unwrap();
            }
        }
        let mut signature = Vec::new();
        context.sign_to_vec(&request.digest, &mut signature).unwrap();
        self.signed.fetch_add(1, Ordering::Relaxed);
        Answer::Signature(signature)
    }

    /// Answers the client's requests on a thread until told to stop.
    fn attend(self: &Arc<Self>, client: &Client) -> (Arc<AtomicBool>, std::thread::JoinHandle<()>) {
        let (store, client, stop) = (Arc::clone(self), client.clone(), Arc::new(AtomicBool::new(false)));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                let seen = client.signal().epoch();
                if let Some(request) = client.signatures().pending() {
                    client.signatures().answer(request.id, store.answer(&request));
                }
                client.signal().wait(seen, Instant::now() + Duration::from_millis(50));
            }
        });
        (stop, thread)
    }
}

#[test]
fn two_reports_at_once_are_renewed_in_their_middle_by_a_key_that_stays_outside() {
    for refuses_pss in [false, true] {
        let (emulator, _certificate, options) =
            start(Config { mailboxes: 600, broken_percent: 0.0, ..Config::default() });
        let store = Arc::new(Store::new(refuses_pss));
        emulator.register_certificate(&store.der);
        // In the middle of both every token becomes worthless.
        let script = r#"{"rules":[{"kind":"graph","pathContains":"000150","times":1,"action":{"revokeTokens":true}}]}"#;
        emulator.set_faults(serde_json::from_str(script).unwrap());
        let credential = Some(Credential::CallerCertificate(store.der.clone()));
        let client = Client::new(ClientOptions { credential, ..options }).unwrap();
        let (stop, attendant) = store.attend(&client);
        let population = emulator.population();
        let reports: Vec<_> = [0..300, 300..600]
            .map(|range: std::ops::Range<u64>| {
                let client = client.clone();
                let mailboxes: Vec<String> = range.map(|index| population.upn(index)).collect();
                std::thread::spawn(move || (support::report(&client, &ReportRequest::default(), &mailboxes), mailboxes))
            })
            .into_iter()
            .map(|report| report.join().unwrap())
            .collect();
        stop.store(true, Ordering::Relaxed);
        attendant.join().unwrap();
        for (rows, mailboxes) in reports {
            let rows = rows.unwrap();
            assert_eq!(rows.len(), mailboxes.len());
            for (row, mailbox) in rows.iter().zip(&mailboxes) {
                assert_eq!(row["MailboxName"], mailbox.as_str());
                assert!(row.get("error").is_none(), "{row}");
            }
        }
        let issued = emulator.state().tokens_issued;
        assert!((2..=3).contains(&issued), "{issued}");
        assert_eq!(u64::try_from(store.signed.load(Ordering::Relaxed)).unwrap(), issued);
    }
}
