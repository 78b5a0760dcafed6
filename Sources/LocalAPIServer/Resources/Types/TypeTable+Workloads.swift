extension TypeTable {
    /// Workloads.
    static let workloads = """
        package io.k8s.api.apps.v1

        type Deployment -- A Deployment keeps pods running, and replaces them when their template changes.
        metadata ObjectMeta #1
        spec! DeploymentSpec #2
        status DeploymentStatus ={} #3

        type DeploymentSpec -- What a Deployment should be.
        replicas int32 =1 min=0 #1*
        selector! LabelSelector #2*
        template! PodTemplateSpec #3
        strategy DeploymentStrategy ={} #4
        minReadySeconds int32 min=0 #5
        revisionHistoryLimit int32 =10 min=0 #6*
        paused bool #7
        progressDeadlineSeconds int32 =600 min=0 #9*

        type DeploymentStrategy
        type string =RollingUpdate enum=Recreate|RollingUpdate #1
        rollingUpdate RollingUpdate #2*

        type RollingUpdate as=RollingUpdateDeployment
        maxUnavailable intstr #1*
        maxSurge intstr #2*

        type DeploymentStatus -- What is known of a Deployment.
        observedGeneration int64 #1
        replicas int32 #2
        updatedReplicas int32 #3
        readyReplicas int32 #7
        availableReplicas int32 #4
        unavailableReplicas int32 #5
        terminatingReplicas int32 #9*
        conditions []DeploymentCondition key=type #6
        collisionCount int32 #8*

        type DeploymentCondition
        type! string #1*
        status! string #2*
        lastUpdateTime time #6
        lastTransitionTime time #7
        reason string #4
        message string #5

        type ReplicaSet -- A ReplicaSet keeps a number of pods running.
        metadata ObjectMeta #1
        spec ReplicaSetSpec #2
        status ReplicaSetStatus ={"replicas":0} #3

        type ReplicaSetSpec
        replicas int32 =1 min=0 #1*
        minReadySeconds int32 #4
        selector! LabelSelector #2*
        template PodTemplateSpec #3

        type ReplicaSetStatus
        replicas int32 #1*
        fullyLabeledReplicas int32 #2
        readyReplicas int32 #4
        availableReplicas int32 #5
        terminatingReplicas int32 #7*
        observedGeneration int64 #3
        conditions []ReplicaSetCondition key=type #6

        type ReplicaSetCondition
        type! string #1*
        status! string #2*
        lastTransitionTime time #3
        reason string #4
        message string #5

        package io.k8s.api.batch.v1

        type Job -- A Job runs pods until enough of them have succeeded.
        metadata ObjectMeta #1
        spec JobSpec #2
        status JobStatus ={} #3

        type JobSpec -- What a Job should do.
        parallelism int32 min=0 #1*
        completions int32 min=0 #2*
        activeDeadlineSeconds int64 #3*
        podFailurePolicy PodFailurePolicy #11*
        successPolicy SuccessPolicy #16*
        backoffLimit int32 min=0 #7*
        backoffLimitPerIndex int32 #12*
        maxFailedIndexes int32 #13*
        selector LabelSelector #4*
        manualSelector bool #5*
        template! PodTemplateSpec #6
        ttlSecondsAfterFinished int32 #8*
        completionMode string =NonIndexed #9*
        suspend bool =false #10*
        podReplacementPolicy string enum=Failed|TerminatingOrFailed #14*
        managedBy string #15*

        type PodFailurePolicy
        rules []PodFailurePolicyRule #1

        type PodFailurePolicyRule
        action! string enum=Count|FailIndex|FailJob|Ignore #1*
        onExitCodes PodFailurePolicyOnExitCodesRequirement #2*
        onPodConditions []PodFailurePolicyOnPodConditionsPattern #3

        type PodFailurePolicyOnExitCodesRequirement
        containerName string #1*
        operator! string enum=In|NotIn #2*
        values! []int32 set #3

        type PodFailurePolicyOnPodConditionsPattern
        type! string #1*
        status string =True #2*

        type SuccessPolicy
        rules! []SuccessPolicyRule #1

        type SuccessPolicyRule
        succeededIndexes string #1*
        succeededCount int32 #2*

        type JobStatus
        conditions []JobCondition #1
        startTime time #2*
        completionTime time #3*
        active int32 #4
        succeeded int32 #5
        failed int32 #6
        terminating int32 #11*
        completedIndexes string #7
        failedIndexes string #10*
        uncountedTerminatedPods UncountedTerminatedPods #8*
        ready int32 #9*

        type JobCondition
        type! string #1*
        status! string #2*
        lastProbeTime time #3
        lastTransitionTime time #4
        reason string #5
        message string #6

        type UncountedTerminatedPods
        succeeded []string set #1
        failed []string set #2

        package io.k8s.api.autoscaling.v1

        type Scale -- How many replicas a workload has, and should have.
        metadata ObjectMeta #1
        spec ScaleSpec #2
        status ScaleStatus #3

        type ScaleSpec
        replicas int32 #1

        type ScaleStatus
        replicas int32 #1*
        selector string #2

        package io.k8s.api.core.v1

        type PodTemplate -- A PodTemplate describes pods that are to be made.
        metadata ObjectMeta #1
        template PodTemplateSpec #2

        type ReplicationController -- A ReplicationController keeps a number of pods running.
        metadata ObjectMeta #1
        spec ReplicationControllerSpec #2
        status ReplicationControllerStatus ={"replicas":0} #3

        type ReplicationControllerSpec
        replicas int32 =1 min=0 #1*
        minReadySeconds int32 min=0 #4
        selector map[string] atomic #2
        template PodTemplateSpec #3*

        type ReplicationControllerStatus
        replicas int32 #1*
        fullyLabeledReplicas int32 #2
        readyReplicas int32 #4
        availableReplicas int32 #5
        observedGeneration int64 #3
        conditions []ReplicationControllerCondition key=type #6

        type ReplicationControllerCondition
        type! string #1*
        status! string #2*
        lastTransitionTime time #3
        reason string #4
        message string #5

        package io.k8s.api.batch.v1

        type CronJob -- A CronJob makes Jobs at set times.
        metadata ObjectMeta #1
        spec CronJobSpec #2
        status CronJobStatus ={} #3

        type CronJobSpec
        schedule! string #1*
        timeZone string #8*
        startingDeadlineSeconds int64 #2*
        concurrencyPolicy string =Allow enum=Allow|Forbid|Replace #3
        suspend bool =false #4*
        jobTemplate! JobTemplateSpec #5
        successfulJobsHistoryLimit int32 =3 min=0 #6*
        failedJobsHistoryLimit int32 =1 min=0 #7*

        type JobTemplateSpec
        metadata ObjectMeta #1
        spec JobSpec #2

        type CronJobStatus
        active []ObjectReference #1
        lastScheduleTime time #4*
        lastSuccessfulTime time #5*
        """
}
