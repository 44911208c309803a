//! Pages with several owners, pages that are used again, and how many are kept for that.

use super::{PAGE, POOL, Page, Store, give_back_idle};

const LEN: usize = PAGE as usize;

fn with_pages(count: usize) -> Store {
    let mut store = Store::default();
    for _ in 0..count {
        store.add(&[7; LEN]);
    }
    store
}

fn kept() -> usize {
    POOL.with_borrow(|pool| pool.pages.len())
}

#[test]
fn a_page_that_is_used_again_tells_nothing_of_what_it_was() {
    drop(with_pages(2));
    assert_eq!(kept(), 2);
    let mut store = Store::default();
    let (mut hole, page) = (Page::HOLE, store.add(&[8; LEN]));
    store.change(&mut hole)[1] = 9;
    assert_eq!(kept(), 0);
    assert_eq!(store.bytes(page), Some(&[8; LEN]));
    let start = store.bytes(hole).map(|bytes| &bytes[..3]);
    assert_eq!(start, Some(&[0, 9, 0][..]));
}

#[test]
fn a_change_is_its_owners_alone() {
    let mut store = with_pages(0);
    let page = store.add(&[7; LEN]);
    let mut other = store.share(page);
    store.change(&mut other)[0] = 8;
    assert_eq!(store.bytes(page), Some(&[7; LEN]));
    let before = other;
    store.change(&mut other)[1] = 8;
    assert_eq!(other, before, "what nobody shares is not copied");
}

#[test]
fn a_page_is_kept_once_its_last_owner_is_gone() {
    let mut store = with_pages(3);
    let page = store.add(&[7; LEN]);
    store.share(page);
    store.release(page);
    assert_eq!(kept(), 0);
    store.release(page);
    assert_eq!((kept(), store.bytes(page)), (1, None));
    assert_eq!(store.add(&[8; LEN]), page, "its place is used again");
    drop(store);
    assert_eq!(kept(), 4);
}

#[test]
fn what_a_whole_run_did_not_need_is_given_back() {
    drop(with_pages(5));
    give_back_idle();
    assert_eq!(kept(), 5, "all were needed");
    for _ in 0..3 {
        drop(with_pages(2));
    }
    give_back_idle();
    assert_eq!(kept(), 2);
    give_back_idle();
    assert_eq!(kept(), 0);
}
