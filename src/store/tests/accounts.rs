use giaoban_directory::sign_in::{ACCOUNT_LINK_LIFETIME, SESSION_IDLE, SESSION_LIFETIME};
use giaoban_directory::{Actor, Clearance, Code, Command, Details, PersonId, Text};

use super::*;

const NOW: i64 = 1_795_500_000;

fn act() -> NewAct {
    NewAct::of_gateway(ActContent::SignedIn)
}

fn secret() -> SecretHash {
    Secret::random().unwrap().hash()
}

/// A store with two people.
async fn people(bench: &Bench) -> (Store, [PersonId; 2]) {
    let store = bench.open().await;
    for name in ["Một", "Hai"] {
        let empty = Text::or_empty("").unwrap();
        let details = Details {
            name: Text::new(name).unwrap(),
            rank: empty.clone(),
            duty: empty,
            clearance: Clearance::Normal,
            mail: None,
        };
        let day = "2026-11-24".parse().unwrap();
        let command =
            Command::CreatePerson { code: Code::new(name).unwrap(), details, unit: None, from: day };
        let changes = store.directory().await.unwrap().decide(Actor::Operator, &command, day).unwrap();
        store.keep(&changes, &[NewAct::of_gateway(ActContent::Directory(command))]).await.unwrap();
    }
    (store, [PersonId(1), PersonId(2)])
}

/// Gives a person an account.
async fn account(store: &Store, person: PersonId, login: &str) -> Activated {
    let link = secret();
    store.put_account_link(person, link, NOW, act()).await.unwrap();
    store.activate(link, login, "hash", NOW, |_| act()).await.unwrap()
}

pub async fn a_link_makes_an_account_once_and_in_its_time(bench: Bench) {
    let (store, [one, two]) = people(&bench).await;
    let (old, link) = (secret(), secret());
    store.put_account_link(one, old, NOW, act()).await.unwrap();
    store.put_account_link(one, link, NOW, act()).await.unwrap();
    assert_eq!(store.find_account_link(old, NOW).await.unwrap(), None, "a new link ends the old one");
    let late = NOW + ACCOUNT_LINK_LIFETIME;
    assert_eq!(store.find_account_link(link, late).await.unwrap(), None);
    assert_eq!(store.activate(link, "mot", "hash", late, |_| act()).await.unwrap(), Activated::NoLink);
    assert_eq!(store.activate(link, "mot", "hash", NOW, |_| act()).await.unwrap(), Activated::Done(one));
    assert_eq!(store.activate(link, "mot", "hash", NOW, |_| act()).await.unwrap(), Activated::NoLink);
    let kept = store.account_by_login("mot").await.unwrap().unwrap();
    assert_eq!((kept.person, kept.password.as_str(), kept.totp), (one, "hash", None));

    let second = secret();
    store.put_account_link(two, second, NOW, act()).await.unwrap();
    let taken = store.activate(second, "mot", "other", NOW, |_| act()).await.unwrap();
    assert_eq!(taken, Activated::LoginTaken);
    // The link is not used up by a name that was taken.
    assert_eq!(store.activate(second, "hai", "other", NOW, |_| act()).await.unwrap(), Activated::Done(two));
}

pub async fn a_session_ends_with_its_time_its_successor_and_its_password(bench: Bench) {
    let (store, [one, two]) = people(&bench).await;
    account(&store, one, "mot").await;
    account(&store, two, "hai").await;
    let [first, second, third, other] = [(); 4].map(|()| secret());
    let open = async |session, before, person| {
        assert!(store.open_session(person, (session, before), None, NOW, act()).await.unwrap());
    };
    let lives = async |session, at| store.use_session(session, at).await.unwrap().is_some();
    open(first, None, one).await;
    open(second, Some(first), one).await;
    open(third, None, one).await;
    open(other, None, two).await;
    assert!(!lives(first, NOW).await && lives(second, NOW).await && lives(third, NOW).await);
    assert!(!lives(second, NOW + SESSION_IDLE).await);
    // Used now and then it lives on, but not for ever.
    let mut at = NOW;
    while at + SESSION_IDLE / 2 < NOW + SESSION_LIFETIME {
        at += SESSION_IDLE / 2;
        assert!(lives(third, at).await);
    }
    assert!(!lives(third, NOW + SESSION_LIFETIME).await);

    store.set_password(one, "new", second, act()).await.unwrap();
    assert!(lives(second, NOW).await && !lives(third, NOW).await && lives(other, NOW).await);
    store.close_session(second, act()).await.unwrap();
    assert!(!lives(second, NOW).await);
    store.close_sessions(two, act()).await.unwrap();
    assert!(!lives(other, NOW).await);
}

pub async fn a_time_steps_code_opens_one_session(bench: Bench) {
    let (store, [one, _]) = people(&bench).await;
    account(&store, one, "mot").await;
    let own = secret();
    store.set_totp(one, (b"secret", 10), own, act()).await.unwrap();
    assert_eq!(store.account(one).await.unwrap().unwrap().totp.as_deref(), Some(b"secret".as_slice()));
    let open = async |step| store.open_session(one, (secret(), None), Some(step), NOW, act()).await.unwrap();
    assert!(!open(10).await);
    assert!(open(11).await);
    assert!(!open(11).await && !open(9).await);
    // A link sets the account anew.
    account(&store, one, "mot").await;
    assert_eq!(store.account(one).await.unwrap().unwrap().totp, None);
}
