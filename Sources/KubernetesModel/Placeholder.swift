// KubernetesModel
