//! Who may be damaged, and who may not any more.

use super::Budgets;

#[test]
fn of_each_group_no_more_are_damaged_than_was_said() {
    let mut budgets = Budgets::default();
    budgets.add([1, 2, 3].into(), 1);
    budgets.add([3, 4].into(), 2);
    let allowed = |budgets: &Budgets| (0..6).filter(|host| budgets.allow(*host)).collect();
    let all: Vec<u32> = allowed(&budgets);
    assert_eq!(all, [1, 2, 3, 4], "nothing was said of 0 and 5");
    assert!(budgets.damage(2));
    let left: Vec<u32> = allowed(&budgets);
    assert_eq!(left, [2, 4], "3 is in a group that has lost enough");
    assert!(!budgets.damage(2), "it was damaged before");
    budgets.damage(3);
    let left: Vec<u32> = allowed(&budgets);
    assert_eq!(left, [2, 3, 4], "what the test damages counts as well");
}
