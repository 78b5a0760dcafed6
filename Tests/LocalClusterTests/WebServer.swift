import KubernetesModel

/// A web server in Perl, which every Debian has: it binds its pod's address, if no other is said, and answers with its pod's name.
enum WebServer {
    static let image = "perl"
    static let executable = "/usr/bin/perl"

    static let script = """
        use IO::Socket::INET;
        $| = 1;
        $SIG{TERM} = sub { exit 0 };
        my $server = IO::Socket::INET->new(
            LocalAddr => $ENV{BIND} || $ENV{POD_IP}, LocalPort => $ENV{PORT} || 8080, Listen => 16, ReuseAddr => 1) or die "bind: $!";
        print "listening\\n";
        while (my $client = $server->accept) {
            my $path = <$client>;
            while (<$client>) { last if /^\\r?$/ }
            if ($path =~ m{/hold}) { print $client "HTTP/1.1 200 OK\\r\\n\\r\\nheld"; $client->flush; push @held, $client; next }
            print $client "HTTP/1.1 200 OK\\r\\nConnection: close\\r\\nContent-Length: " . length($ENV{HOSTNAME})
                . "\\r\\n\\r\\n$ENV{HOSTNAME}";
            close $client;
        }
        """

    static var container: Container {
        var container = Container(name: "web")
        container.image = image
        container.args = ["-e", script]
        container.ports = [ContainerPort(name: "http", containerPort: 8080)]
        var probe = Probe()
        probe.httpGet = HTTPGetAction(path: "/", port: .string("http"))
        probe.periodSeconds = 1
        container.readinessProbe = probe
        return container
    }

    static func deployment(_ name: String, replicas: Int) -> Deployment {
        let labels = ["app": name]
        return Deployment(
            metadata: ObjectMeta(name: name),
            spec: DeploymentSpec(
                replicas: replicas, selector: LabelSelector(matchLabels: labels),
                template: PodTemplateSpec(
                    metadata: ObjectMeta(labels: labels),
                    spec: PodSpec(containers: [container], terminationGracePeriodSeconds: 2))))
    }

    static func service(_ name: String, port: Int, clusterIP: String? = nil) -> Service {
        Service(
            metadata: ObjectMeta(name: name),
            spec: ServiceSpec(
                ports: [ServicePort(name: "web", port: port, targetPort: .string("http"))], selector: ["app": name],
                clusterIP: clusterIP))
    }
}
