//! Limits of the app and of mailboxes: what is lost at them, and how long runs take beside the limit's own time.

use std::time::Duration;

use super::simulation::{Chance, Client, Ran, Refusal, Says, Service, run};
use crate::runner::work::Batching;

const TEN_SECONDS: Duration = Duration::from_secs(10);
const MINUTE: Duration = Duration::from_secs(60);
const SEEDS: u64 = 2;

/// What clients took together, of the limit's own time. None fails, and in no window more is lost than twice what is
/// in flight.
fn share_of_own_time(service: &mut Service, clients: &[Client], seed: u64) -> f64 {
    let ran = run(service, clients.to_vec(), &mut Chance::new(seed));
    assert_eq!(ran.iter().map(|ran| ran.failed).sum::<usize>(), 0);
    let in_flight: u64 = ran.iter().map(|ran| ran.busiest).sum();
    for (window, refused) in &service.refused {
        assert!(*refused <= 2 * in_flight, "window {window}, seed {seed}: {refused} refused, {in_flight} in flight");
    }
    let begun = clients.iter().map(|client| client.begins).min().unwrap();
    let ended = clients.iter().zip(&ran).map(|(client, ran)| client.begins + ran.took).max().unwrap();
    let requests = clients.iter().map(|client| client.mailboxes.len() as u64).sum();
    let a_second = clients.iter().map(Client::a_second).sum();
    (ended - begun).as_secs_f64() / service.own_time(begun, requests, a_second).as_secs_f64()
}

/// The most of the limit's own time that a run of four windows took, wherever in a window it begins.
fn worst_share(length: Duration, says: Says, client: impl Fn(u64) -> Client) -> f64 {
    let length_ms = u64::try_from(length.as_millis()).unwrap();
    let most = length_ms / 5;
    let shares = (0..SEEDS).map(|seed| {
        let begins = Duration::from_millis(Chance::new(seed).below(length_ms));
        let client = Client { begins, ..client(most * 4) };
        share_of_own_time(&mut Service::new(length, most, says), &[client], seed)
    });
    shares.fold(0.0, f64::max)
}

/// A service without a limit of the app, where some mailboxes refuse by themselves.
fn mailboxes_that_refuse(own: impl Fn(u64, u32, Duration) -> Option<Refusal> + 'static) -> Service {
    Service::new(TEN_SECONDS, u64::MAX, Says::Nothing).with_own(own)
}

fn run_one(service: &mut Service, client: Client) -> Ran {
    run(service, vec![client], &mut Chance::new(1)).pop().unwrap()
}

/// When the last of those mailboxes was done.
fn last_of(ran: &Ran, mailboxes: impl Fn(u64) -> bool) -> Duration {
    ran.done_at.iter().filter(|(position, _)| mailboxes(**position)).map(|(_, at)| *at).max().unwrap()
}

#[test]
fn a_limit_costs_what_is_in_flight_and_next_to_no_time() {
    for batching in [Batching::Never, Batching::Auto, Batching::Always] {
        let client = |mailboxes| Client { batching, ..Client::of(mailboxes) };
        let exactly = worst_share(TEN_SECONDS, Says::Exactly, client);
        assert!(exactly < 1.01, "{batching:?}: {exactly}");
        // Whole seconds make each wait half a second too long, and as much as one.
        let rounded = worst_share(TEN_SECONDS, Says::WholeSeconds, client);
        assert!(rounded < 1.05, "{batching:?}: {rounded}");
    }
}

#[test]
fn it_does_not_matter_how_long_windows_are_or_how_quick_the_client_is() {
    for length in [Duration::from_secs(2), Duration::from_millis(7300), MINUTE] {
        let share = worst_share(length, Says::Exactly, Client::of);
        assert!(share < 1.02, "{length:?}: {share}");
    }
    let slow = |mailboxes| Client { latency: Duration::from_millis(80), ..Client::of(mailboxes) };
    let few = |mailboxes| Client { in_flight: 4, latency: Duration::from_micros(500), ..Client::of(mailboxes) };
    let shares = [worst_share(TEN_SECONDS, Says::Exactly, slow), worst_share(TEN_SECONDS, Says::Exactly, few)];
    assert!(shares.iter().all(|share| *share < 1.04), "{shares:?}");
}

#[test]
fn a_wait_that_is_missing_or_too_short_costs_little_more() {
    for says in [Says::Nothing, Says::Always(Duration::ZERO), Says::Always(Duration::from_secs(1))] {
        for length in [TEN_SECONDS, MINUTE] {
            let share = worst_share(length, says, Client::of);
            assert!(share < 1.08, "{says:?}, {length:?}: {share}");
        }
    }
}

#[test]
fn a_wait_that_is_too_long_is_waited_for_and_no_longer() {
    // Four windows: the limit is met three times or four.
    for says in [Duration::from_secs(15), MINUTE] {
        let share = worst_share(TEN_SECONDS, Says::Always(says), Client::of);
        let bound = 4.0 * (says + Duration::from_secs(3)).as_secs_f64() / 30.0;
        assert!(share < bound, "{says:?}: {share}, {bound}");
    }
}

#[test]
fn the_second_window_and_those_after_it_lose_a_few_requests_only() {
    for batching in [Batching::Never, Batching::Always] {
        let mut service = Service::new(TEN_SECONDS, 5000, Says::WholeSeconds);
        run_one(&mut service, Client { batching, ..Client::of(40_000) });
        let refused: Vec<u64> = service.refused.values().copied().collect();
        assert!(refused.len() == 7 && refused[1..].iter().all(|refused| *refused <= 32), "{refused:?}");
    }
}

#[test]
fn a_limit_that_changes_is_followed_up_and_down() {
    const MOST: [u64; 8] = [5000, 5000, 1000, 1000, 1000, 8000, 8000, 3000];
    for seed in 0..SEEDS {
        let mut service = Service::new(TEN_SECONDS, 0, Says::WholeSeconds);
        service.most = Box::new(|window| MOST[usize::try_from(window).unwrap() % MOST.len()]);
        let share = share_of_own_time(&mut service, &[Client::of(40_000)], seed);
        assert!(share < 1.03, "seed {seed}: {share}");
    }
}

#[test]
fn clients_that_share_the_limit_use_it_up_together_and_what_one_leaves_the_others_take() {
    for says in [Says::Exactly, Says::WholeSeconds, Says::Always(Duration::from_secs(1))] {
        for seed in 0..SEEDS {
            let mut chance = Chance::new(seed + 100);
            let mut client = |mailboxes: u64, latency_ms: u64, batching: Batching| Client {
                begins: Duration::from_millis(chance.below(15_000)),
                latency: Duration::from_millis(latency_ms),
                batching,
                ..Client::of(mailboxes)
            };
            let clients = [
                client(20_000, 4, Batching::Never),
                client(3000, 8, Batching::Auto),
                client(8000, 16, Batching::Never),
            ];
            let share = share_of_own_time(&mut Service::new(TEN_SECONDS, 5000, says), &clients, seed);
            assert!(share < 1.05, "{says:?}, seed {seed}: {share}");
        }
    }
}

#[test]
fn what_is_throttled_within_batches_is_tried_again_and_holds_nothing_back() {
    let own = |mailbox: u64, nth: u32, _| {
        let refusal = Refusal { code: "TooManyRequests", retry_after: Some(Duration::from_secs(1)) };
        (Chance::new(mailbox).below(100) == 0 && nth == 1).then_some(refusal)
    };
    for batching in [Batching::Never, Batching::Always] {
        let client = Client { batching, ..Client::of(40_000) };
        let free = run_one(&mut mailboxes_that_refuse(|_, _, _| None), client.clone());
        let ran = run_one(&mut mailboxes_that_refuse(own), client);
        assert!(
            ran.took < free.took.mul_f64(1.06) + Duration::from_secs(1),
            "{batching:?}: {:?} {:?}",
            ran.took,
            free.took
        );
        // And at the app's limit.
        let client = |mailboxes| Client { batching, ..Client::of(mailboxes) };
        let mut service = Service::new(TEN_SECONDS, 5000, Says::WholeSeconds).with_own(own);
        let share = share_of_own_time(&mut service, &[client(20_000)], 1);
        assert!(share < 1.05, "{batching:?}: {share}");
    }
}

#[test]
fn a_limit_of_mailboxes_holds_no_other_mailbox_back() {
    let free = run_one(&mut mailboxes_that_refuse(|_, _, _| None), Client::of(20_000));
    // A hundred that stand together in the list, each of which asks for five minutes.
    let is_slow = |mailbox: u64| (5000..5100).contains(&mailbox);
    let own = move |mailbox, nth, _| {
        let refusal = Refusal { code: "ApplicationThrottled", retry_after: Some(5 * MINUTE) };
        (is_slow(mailbox) && nth == 1).then_some(refusal)
    };
    let ran = run_one(&mut mailboxes_that_refuse(own), Client::of(20_000));
    let others = last_of(&ran, |position| !is_slow(position));
    assert!(ran.failed == 0 && others < free.took.mul_f64(1.1), "{others:?} {:?}", free.took);
    // One that is asked more than it takes in ten minutes, and four at a time.
    let own = |mailbox, nth, at: Duration| {
        let refusal = Refusal { code: "ApplicationThrottled", retry_after: Some((10 * MINUTE).saturating_sub(at)) };
        (mailbox == 0 && nth > 100 && at < 10 * MINUTE).then_some(refusal)
    };
    let mailboxes = (0..20_000).map(|line| if line % 50 == 0 { 0 } else { line }).collect();
    let ran = run_one(&mut mailboxes_that_refuse(own), Client { mailboxes, ..Client::of(0) });
    let others = last_of(&ran, |position| position % 50 != 0);
    assert!(ran.failed == 0 && others < free.took.mul_f64(1.05), "{others:?} {:?}", free.took);
}

#[test]
fn mailboxes_that_look_like_the_app_hold_the_others_back_for_half_a_minute_at_most() {
    let free = run_one(&mut mailboxes_that_refuse(|_, _, _| None), Client::of(20_000));
    let is_slow = |mailbox: u64| (5000..5040).contains(&mailbox);
    let own = move |mailbox, nth, _| {
        let refusal = Refusal { code: "TooManyRequests", retry_after: Some(5 * MINUTE) };
        (is_slow(mailbox) && nth == 1).then_some(refusal)
    };
    let ran = run_one(&mut mailboxes_that_refuse(own), Client::of(20_000));
    let others = last_of(&ran, |position| !is_slow(position));
    assert!(ran.failed == 0 && others < free.took.mul_f64(1.05) + MINUTE / 2, "{others:?} {:?}", free.took);
}
