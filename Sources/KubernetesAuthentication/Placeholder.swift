// KubernetesAuthentication
