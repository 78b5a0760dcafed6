extension TypeTable {
    /// Events, in both groups.
    static let events = """
        package io.k8s.api.core.v1

        type CoreEvent as=Event like=Object
            An Event tells what happened to an object. Events are hints for people, and go after a while.
        metadata ObjectMeta #1
        involvedObject ObjectReference #2
            The object that it happened to.
        reason string #3
            What happened, in one word, for programs.
        message string #4
            What happened, for people.
        source EventSource #5
            Which program reported it, and where that runs.
        firstTimestamp time #6
            When it first happened.
        lastTimestamp time #7
            When it last happened.
        count int32 #8
            How often it has happened.
        type string #9
            Normal or Warning.
        eventTime microtime #10
            When it happened, to the microsecond.
        series CoreEventSeries #11*
            Where it goes on happening, how often and until when.
        action string #12
            What was done about it, or what it came from.
        related ObjectReference #13*
            A second object that has to do with it.
        reportingComponent string #14*
            The name of the controller that reported it.
        reportingInstance string #15*
            Which instance of that controller it was.

        type EventSource
            Where an event comes from.
        component string #1
            The program that reported it.
        host string #2
            The node that the program runs on.

        type CoreEventSeries as=EventSeries
            An event that goes on happening.
        count int32 #1
            How often it has happened.
        lastObservedTime microtime #2
            When it last happened.

        package io.k8s.api.events.v1

        type Event like=CoreEvent
            An Event tells what happened to an object. Events are hints for people, and go after a while.
        metadata ObjectMeta #1
        eventTime microtime #2
        series EventSeries #3*
        reportingController string #4
            The name of the controller that reported it.
        reportingInstance string #5
        action string #6
        reason string #7
        regarding ObjectReference #8
            The object that it happened to.
        related ObjectReference #9*
        note string #10
            What happened, for people.
        type string #11
        deprecatedSource EventSource #12
            Which program reported it, as Events of the core group say it.
        deprecatedFirstTimestamp time #13
            When it first happened, as Events of the core group say it.
        deprecatedLastTimestamp time #14
            When it last happened, as Events of the core group say it.
        deprecatedCount int32 #15
            How often it has happened, as Events of the core group say it.

        type EventSeries like=CoreEventSeries
            An event that goes on happening.
        count! int32 #1*
        lastObservedTime! microtime #2
        """
}
