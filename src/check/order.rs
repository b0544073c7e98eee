//! Putting definitions that need each other in order, and finding those that go round in a circle.

/// An order of the nodes `0..needs.len()` in which each stands behind all that it needs, and the cycles there
/// are. Nodes on a cycle, and those that need one, are not in the order.
///
/// `needs` holds for each node the nodes that it needs. Runs without recursion, in time linear in the edges.
pub(super) fn order(needs: &[Vec<usize>]) -> (Vec<usize>, Vec<Vec<usize>>) {
    let mut missing: Vec<usize> = needs.iter().map(Vec::len).collect();
    let mut needed_by: Vec<Vec<usize>> = vec![Vec::new(); needs.len()];
    for (node, needed) in needs.iter().enumerate() {
        for other in needed {
            if let Some(list) = needed_by.get_mut(*other) {
                list.push(node);
            }
        }
    }
    // First come, first served: definitions that need nothing keep the order of the text.
    let mut ordered: Vec<usize> = Vec::with_capacity(needs.len());
    ordered.extend(missing.iter().enumerate().filter(|(_, count)| **count == 0).map(|(node, _)| node));
    let mut next = 0;
    while let Some(node) = ordered.get(next).copied() {
        next += 1;
        for other in needed_by.get(node).into_iter().flatten() {
            if let Some(count) = missing.get_mut(*other) {
                *count -= 1;
                if *count == 0 {
                    ordered.push(*other);
                }
            }
        }
    }
    let cycles = cycles(needs, &missing);
    (ordered, cycles)
}

/// Walks on from each node that was left over, always to one that was left over as well: that must come round.
fn cycles(needs: &[Vec<usize>], missing: &[usize]) -> Vec<Vec<usize>> {
    let left_over = |node: usize| missing.get(node).is_some_and(|count| *count > 0);
    let mut seen_in: Vec<usize> = vec![usize::MAX; needs.len()];
    let mut found = Vec::new();
    for start in (0..needs.len()).filter(|node| left_over(*node)) {
        let mut path = Vec::new();
        let mut at = start;
        while let Some(walk) = seen_in.get_mut(at).filter(|walk| **walk == usize::MAX) {
            *walk = start;
            path.push(at);
            let next = needs.get(at).into_iter().flatten().copied().find(|next| left_over(*next));
            let Some(next) = next else { break };
            at = next;
        }
        // Only a walk that came back to itself closes a new circle; others ran into one already told.
        if seen_in.get(at) == Some(&start)
            && let Some(first) = path.iter().position(|node| *node == at)
        {
            found.push(path.split_off(first));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_stand_behind_what_they_need() {
        let (ordered, cycles) = order(&[vec![2], vec![0, 2], vec![]]);
        assert_eq!(ordered, [2, 0, 1]);
        assert!(cycles.is_empty());
    }

    #[test]
    fn each_circle_is_told_once() {
        // 0 -> 1 -> 2 -> 1, 3 -> 3, 4 needs a circle, 5 is free.
        let (ordered, cycles) = order(&[vec![1], vec![2], vec![1], vec![3], vec![3], vec![]]);
        assert_eq!(ordered, [5]);
        assert_eq!(cycles, [vec![1, 2], vec![3]]);
    }

    #[test]
    fn a_long_chain_needs_no_stack() {
        let needs: Vec<Vec<usize>> =
            (0..100_000).map(|node| (node > 0).then(|| node - 1).into_iter().collect()).collect();
        assert_eq!(order(&needs).0.len(), 100_000);
    }
}
