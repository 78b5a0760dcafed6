/// Whom a swarm can best do without.
///
/// First whom the ReplicaSet would take anyway: unscheduled before pending before unready before ready. Then who may be empty
/// soon, who is drained already, who holds the fewest tasks, and who is the youngest.
enum VictimChoice {
    static func victims(of pods: [ScaleState.Pod], count: Int) -> [ScaleState.Pod] {
        Array(pods.sorted(by: goesBefore).prefix(max(count, 0)))
    }

    private static func goesBefore(_ left: ScaleState.Pod, _ right: ScaleState.Pod) -> Bool {
        if left.stage != right.stage { return left.stage < right.stage }
        if left.isBusyForLong != right.isBusyForLong { return right.isBusyForLong }
        // Who was chosen stays chosen: others hold a task more or less at each look.
        if left.isDraining != right.isDraining { return left.isDraining }
        if left.leased != right.leased { return left.leased < right.leased }
        if left.created != right.created { return left.created > right.created }
        return left.name < right.name
    }
}
