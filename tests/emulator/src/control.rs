//! What tests ask of the emulator itself, under `/_emulator/`.

use serde_json::{Value, json};

use crate::faults::FaultScript;
use crate::reply::Reply;
use crate::service::Service;

/// Answers a request of a test.
#[must_use]
pub fn answer(service: &Service, method: &str, path: &str, body: &[u8]) -> Reply {
    let done = || Reply::json(200, &json!({"done": true}));
    match (method, path) {
        ("GET", "/_emulator/state") => {
            Reply::json(200, &serde_json::to_value(service.counters.snapshot()).unwrap_or(Value::Null))
        }
        ("GET", "/_emulator/writes") => {
            Reply::json(200, &serde_json::to_value(service.writes.all()).unwrap_or(Value::Null))
        }
        ("POST", "/_emulator/reset") => {
            service.counters.reset();
            service.writes.clear();
            done()
        }
        ("POST", "/_emulator/forget") => {
            service.items.forget();
            service.written.lock().clear();
            done()
        }
        ("GET", "/_emulator/held") => {
            let held = |index| (service.population.upn(index), service.items.held(service, index).into());
            Reply::json(200, &Value::Object((0..service.population.count).map(held).collect()))
        }
        ("POST", "/_emulator/revoke-tokens") => {
            service.tokens.revoke_all(service.now());
            done()
        }
        ("POST", "/_emulator/vault/renew") => {
            let asked: Value = serde_json::from_slice(body).unwrap_or_default();
            let text = |name: &str| asked[name].as_str().unwrap_or_default().to_owned();
            match service.vaults.renew_certificate(&text("vault"), &text("certificate"), service.now()) {
                Ok(der) => {
                    if asked["registered"] == false {
                        service.vaults.leave_unregistered(der);
                    }
                    done()
                }
                Err(cause) => Reply::json(400, &json!({"error": cause})),
            }
        }
        ("POST", "/_emulator/plant") => {
            let asked: Value = serde_json::from_slice(body).unwrap_or_default();
            let mailboxes: Vec<u64> =
                asked["mailboxes"].as_array().into_iter().flatten().filter_map(Value::as_u64).collect();
            let plant = |index: u64| service.items.plant(service, index, &asked["message"], &asked["attachments"]);
            match mailboxes.into_iter().map(plant).collect::<Result<Vec<String>, String>>() {
                Ok(ids) => Reply::json(200, &json!({"ids": ids})),
                Err(cause) => Reply::json(400, &json!({"error": cause})),
            }
        }
        ("POST", "/_emulator/expire-deltas") => {
            let asked: Value = serde_json::from_slice(body).unwrap_or_default();
            let mailboxes: Vec<u64> =
                asked["mailboxes"].as_array().into_iter().flatten().filter_map(Value::as_u64).collect();
            let status = asked["status"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or(410);
            let code = asked["code"].as_str().unwrap_or("syncStateNotFound");
            mailboxes.into_iter().for_each(|index| service.items.expire_deltas(index, status, code));
            done()
        }
        ("POST", "/_emulator/revoke-sessions") => {
            service.sign_ins.revoke();
            done()
        }
        ("PUT", "/_emulator/faults") => match serde_json::from_slice::<FaultScript>(body) {
            Ok(script) => {
                service.faults.replace(script);
                done()
            }
            Err(cause) => Reply::json(400, &json!({"error": format!("the fault script cannot be read: {cause}")})),
        },
        ("POST", "/_emulator/clock") => {
            let seconds = serde_json::from_slice::<Value>(body).ok().and_then(|body| body["offsetSeconds"].as_i64());
            match seconds {
                Some(seconds) => {
                    service.set_clock_offset(seconds);
                    done()
                }
                None => Reply::json(400, &json!({"error": "say {\"offsetSeconds\": number}"})),
            }
        }
        _ => Reply::json(
            404,
            &json!({"error": "state, writes, held, reset, forget, revoke-tokens, revoke-sessions, faults, clock, plant, expire-deltas and vault/renew are known"}),
        ),
    }
}
