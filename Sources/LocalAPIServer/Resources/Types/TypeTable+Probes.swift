extension TypeTable {
    /// How containers are asked how they are, and what is done at the turns of their lives.
    static let probes = """
        package io.k8s.api.core.v1

        type Probe
            A question that is put to a container again and again, in exactly one of the ways exec, httpGet, tcpSocket
            and grpc.
        exec ExecAction #1.1*
            Runs a command, which must end with 0.
        httpGet HTTPGetAction #1.2*
            Asks for a page, whose status must be 200 to 399.
        tcpSocket TCPSocketAction #1.3*
            Opens a TCP connection, which must be accepted.
        grpc GRPCAction #1.4*
            Asks a gRPC server; this node checks that it takes connections, not what its health service says.
        initialDelaySeconds int32 #2
            How many seconds after the start the first question is put.
        timeoutSeconds int32 =1 #3
            How many seconds an answer may take.
        periodSeconds int32 =10 #4
            How many seconds there are between questions.
        successThreshold int32 =1 #5
            How many good answers in a row turn a failure into success.
        failureThreshold int32 =3 #6
            How many bad answers in a row turn success into a failure.
        terminationGracePeriodSeconds int64 #7*
            How many seconds the container should get to end when this probe fails; the node gives it what the pod says.

        type ExecAction
            A command that runs where the container runs.
        command []string #1
            The program and its arguments; no shell reads them.

        type HTTPGetAction
            A page that is asked for.
        path string =/ #1
            The path of the page.
        port! intstr #2
            The port, as a number or by its name in the container.
        host string #3
            The host that is asked; the pod's own address if not given.
        scheme string =HTTP #4
            HTTP or HTTPS; this node cannot ask over HTTPS.
        httpHeaders []HTTPHeader #5
            Headers that are sent along.

        type HTTPHeader
            A header of a request.
        name! string #1*
            The name of the header.
        value! string #2*
            Its value.

        type TCPSocketAction like=HTTPGetAction
            A connection that is opened.
        port! intstr #1
        host string #2

        type GRPCAction
            A gRPC server that is asked how it is.
        port! int32 #1*
            The number of the port.
        service string #2*
            The service that is asked about; kept, and not acted on.

        type Lifecycle
            What to do after a container's start and before its end.
        postStart LifecycleHandler #1*
            Runs right after the start; where it fails, the container is restarted.
        preStop LifecycleHandler #2*
            Runs before the container is told to end, within its grace.
        stopSignal string #3*
            The signal that asks the container to end; this node always sends SIGTERM.

        type LifecycleHandler
            What to do at a moment of a container's life; exactly one of these.
        exec ExecAction #1*
            Runs a command.
        httpGet HTTPGetAction #2*
            Asks for a page.
        tcpSocket TCPSocketAction #3*
            No longer in use; does nothing.
        sleep SleepAction #4*
            Waits.

        type SleepAction
            A wait.
        seconds! int64 #1*
            For how many seconds.
        """
}
