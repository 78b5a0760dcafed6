/// The header by which a watch asks that events gather for a while after each piece that was sent, so that those of a busy time come
/// together: where nobody need hear of each at once, to send each by itself is a good part of what a change costs. The embedded API
/// server knows it, others do not.
package enum WatchPause {
    package static let header = "Das-Watch-Pause-Milliseconds"
    package static let milliseconds = 1...1000
}
