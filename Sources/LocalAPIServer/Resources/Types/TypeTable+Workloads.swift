extension TypeTable {
    /// Workloads.
    static let workloads = """
        package io.k8s.api.apps.v1

        type Deployment like=Object
            A Deployment keeps pods running, and replaces them bit by bit when their template changes.
        metadata ObjectMeta #1
        spec! DeploymentSpec #2
        status DeploymentStatus ={} #3

        type DeploymentSpec
            What a Deployment should be.
        replicas int32 =1 min=0 #1*
            How many pods there should be.
        selector! LabelSelector #2*
            Which pods belong to it; it never changes, and the template's labels must match it.
        template! PodTemplateSpec #3
            What the pods look like; a change begins a rollout.
        strategy DeploymentStrategy ={} #4
            How pods are replaced.
        minReadySeconds int32 min=0 #5
            For how many seconds a pod must have been ready to count as available.
        revisionHistoryLimit int32 =10 min=0 #6*
            How many ReplicaSets of earlier templates are kept to roll back to.
        paused bool #7
            Whether changes of the template wait until this is false again.
        progressDeadlineSeconds int32 =600 min=0 #9*
            For how many seconds a rollout may stand still before its Progressing condition says that it has failed.

        type DeploymentStrategy
            How a Deployment replaces pods.
        type string =RollingUpdate enum=Recreate|RollingUpdate #1
            RollingUpdate replaces them bit by bit; Recreate ends all before it starts new ones.
        rollingUpdate RollingUpdate #2*
            How far a rolling update may go at once.

        type RollingUpdate as=RollingUpdateDeployment
            By how much the number of pods may differ from the wanted one during a rolling update.
        maxUnavailable intstr #1*
            How many of the wanted pods may be missing meanwhile, as a number or a percentage; 25% if not given.
        maxSurge intstr #2*
            How many pods more than wanted there may be meanwhile, as a number or a percentage; 25% if not given.

        type DeploymentStatus
            What is known of a Deployment.
        observedGeneration int64 #1
            The generation of the object that the status is about.
        replicas int32 #2
            How many pods there are that have not ended.
        updatedReplicas int32 #3
            How many of them have the newest template.
        readyReplicas int32 #7
            How many of them are ready.
        availableReplicas int32 #4
            How many of them have been ready for minReadySeconds.
        unavailableReplicas int32 #5
            How many are still missing from those that should be available.
        terminatingReplicas int32 #9*
            How many are being deleted and have not gone yet.
        conditions []DeploymentCondition key=type #6
            Whether the Deployment is available and progresses, one by one.
        collisionCount int32 #8*
            How often the name for a new ReplicaSet was taken, so that another had to be found.

        type DeploymentCondition like=Condition
            One thing that is known about a Deployment.
        type! string #1*
            What the condition is about: Available, Progressing or ReplicaFailure.
        status! string #2*
        lastUpdateTime time #6
            When anything in the condition last changed.
        lastTransitionTime time #7
        reason string #4
        message string #5

        type ReplicaSet like=Object
            A ReplicaSet keeps a number of equal pods running. Usually a Deployment makes it.
        metadata ObjectMeta #1
        spec ReplicaSetSpec #2
        status ReplicaSetStatus ={"replicas":0} #3

        type ReplicaSetSpec
            What a ReplicaSet should be.
        replicas int32 =1 min=0 #1*
            How many pods there should be.
        minReadySeconds int32 #4
            For how many seconds a pod must have been ready to count as available.
        selector! LabelSelector #2*
            Which pods belong to it; it never changes, and the template's labels must match it.
        template PodTemplateSpec #3
            What new pods look like.

        type ReplicaSetStatus like=DeploymentStatus
            What is known of a ReplicaSet.
        replicas int32 #1*
        fullyLabeledReplicas int32 #2
            How many of them have all labels of the template.
        readyReplicas int32 #4
        availableReplicas int32 #5
        terminatingReplicas int32 #7*
        observedGeneration int64 #3
        conditions []ReplicaSetCondition key=type #6
            What stands in the way of the wanted number of pods.

        type ReplicaSetCondition like=Condition
            One thing that is known about a ReplicaSet.
        type! string #1*
            What the condition is about: ReplicaFailure.
        status! string #2*
        lastTransitionTime time #3
        reason string #4
        message string #5

        package io.k8s.api.autoscaling.v1

        type Scale like=Object
            How many replicas a workload has, and how many it should have.
        metadata ObjectMeta #1
        spec ScaleSpec #2
            How many replicas there should be.
        status ScaleStatus #3
            How many replicas there are.

        type ScaleSpec
            How many replicas a workload should have.
        replicas int32 #1
            The number of replicas that is wanted.

        type ScaleStatus
            How many replicas a workload has.
        replicas int32 #1*
            The number of replicas that there are.
        selector string #2
            Chooses the pods of the workload, as text.

        package io.k8s.api.core.v1

        type PodTemplate like=Object
            A PodTemplate holds what pods are to look like, for programs that make them.
        metadata ObjectMeta #1
        template PodTemplateSpec #2
            What the pods look like.

        type ReplicationController like=Object
            A ReplicationController keeps a number of equal pods running; Deployments have taken its place.
        metadata ObjectMeta #1
        spec ReplicationControllerSpec #2
        status ReplicationControllerStatus ={"replicas":0} #3

        type ReplicationControllerSpec like=ReplicaSetSpec
            What a ReplicationController should be.
        replicas int32 =1 min=0 #1*
        minReadySeconds int32 min=0 #4
        selector map[string] atomic #2
            The labels of the pods that belong to it; those of the template if not given.
        template PodTemplateSpec #3*

        type ReplicationControllerStatus like=ReplicaSetStatus
            What is known of a ReplicationController.
        replicas int32 #1*
        fullyLabeledReplicas int32 #2
        readyReplicas int32 #4
        availableReplicas int32 #5
        observedGeneration int64 #3
        conditions []ReplicationControllerCondition key=type #6

        type ReplicationControllerCondition like=ReplicaSetCondition
            One thing that is known about a ReplicationController.
        type! string #1*
        status! string #2*
        lastTransitionTime time #3
        reason string #4
        message string #5
        """
}
