/// Durations as Kubernetes' programs print them: `10s`, `1m20s`, `500ms`. Pure.
enum DurationText {
    static func text(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let milliseconds = attoseconds / 1_000_000_000_000_000
        if seconds == 0, milliseconds > 0 { return "\(milliseconds)ms" }
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60)
        let rest = milliseconds == 0 ? "\(seconds % 60)s" : "\(Double(seconds % 60 * 1000 + milliseconds) / 1000)s"
        if hours > 0 { return "\(hours)h\(minutes)m\(rest)" }
        return minutes > 0 ? "\(minutes)m\(rest)" : rest
    }
}
