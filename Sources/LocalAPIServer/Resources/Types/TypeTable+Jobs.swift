extension TypeTable {
    /// Work that ends.
    static let jobs = """
        package io.k8s.api.batch.v1

        type Job like=Object
            A Job runs pods until enough of them have succeeded.
        metadata ObjectMeta #1
        spec JobSpec #2
        status JobStatus ={} #3

        type JobSpec
            What a Job should do.
        parallelism int32 min=0 #1*
            How many pods may run at once; one if not given.
        completions int32 min=0 #2*
            How many pods must succeed; if not given, one success ends the Job.
        activeDeadlineSeconds int64 #3*
            For how many seconds the Job may run; after that its pods are ended and it has failed.
        podFailurePolicy PodFailurePolicy #11*
            What to do with pods that fail in certain ways.
        successPolicy SuccessPolicy #16*
            When the Job has succeeded before all its pods have; for indexed Jobs.
        backoffLimit int32 min=0 #7*
            How many pods may fail before the Job does.
        backoffLimitPerIndex int32 #12*
            How many pods of one index may fail before the index does; for indexed Jobs.
        maxFailedIndexes int32 #13*
            How many indexes may fail before the Job does, where backoffLimitPerIndex is given.
        selector LabelSelector #4*
            Which pods belong to it; filled in by the server unless manualSelector is true.
        manualSelector bool #5*
            Whether selector and the template's labels are chosen by the user.
        template! PodTemplateSpec #6
            What the pods look like; their restartPolicy must be Never or OnFailure.
        ttlSecondsAfterFinished int32 #8*
            How many seconds after its end the Job is deleted; never if not given.
        completionMode string =NonIndexed #9*
            NonIndexed counts successes; Indexed gives each pod an index, and each index must succeed once.
        suspend bool =false #10*
            Whether the Job has no pods for now.
        podReplacementPolicy string enum=Failed|TerminatingOrFailed #14*
            Whether a pod is replaced once it is being deleted or has failed (TerminatingOrFailed), or only once it has
            failed.
        managedBy string #15*
            The controller that runs the Job; ours leaves those of others alone.

        type PodFailurePolicy
            Rules for the ways in which pods fail.
        rules []PodFailurePolicyRule #1
            The rules; the first one that matches counts, and without any the failure counts as usual.

        type PodFailurePolicyRule
            What to do with pods that fail in one way.
        action! string enum=Count|FailIndex|FailJob|Ignore #1*
            FailJob, FailIndex, Ignore or Count.
        onExitCodes PodFailurePolicyOnExitCodesRequirement #2*
            The exit codes of containers that it is for.
        onPodConditions []PodFailurePolicyOnPodConditionsPattern #3
            The conditions of pods that it is for.

        type PodFailurePolicyOnExitCodesRequirement
            The exit codes that a rule is for.
        containerName string #1*
            The container whose code counts; any if not given.
        operator! string enum=In|NotIn #2*
            In or NotIn.
        values! []int32 set #3
            The codes.

        type PodFailurePolicyOnPodConditionsPattern
            A condition of a pod that a rule is for.
        type! string #1*
            The type of the condition, such as DisruptionTarget.
        status string =True #2*
            The status that it must have.

        type SuccessPolicy
            When an indexed Job has succeeded before all its pods have.
        rules! []SuccessPolicyRule #1
            The rules, of which one must hold.

        type SuccessPolicyRule
            Which indexes must succeed, and how many of them.
        succeededIndexes string #1*
            The indexes that count, as in 0,3-5; all if not given.
        succeededCount int32 #2*
            How many of them must succeed; all if not given.

        type JobStatus
            What is known of a Job.
        conditions []JobCondition #1
            Whether the Job is complete, has failed or is suspended, one by one.
        startTime time #2*
            When the Job was first taken on, or last resumed.
        completionTime time #3*
            When the Job succeeded.
        active int32 #4
            How many pods run or are waiting to.
        succeeded int32 #5
            How many pods have succeeded.
        failed int32 #6
            How many pods have failed.
        terminating int32 #11*
            How many pods are being deleted and have not gone yet.
        completedIndexes string #7
            The indexes that have succeeded, as in 0,3-5.
        failedIndexes string #10*
            The indexes that have failed, as in 0,3-5.
        uncountedTerminatedPods UncountedTerminatedPods #8*
            Pods that have ended and are being added to the counts.
        ready int32 #9*
            How many pods are ready.

        type JobCondition like=Condition
            One thing that is known about a Job.
        type! string #1*
            What the condition is about, such as Complete, Failed or Suspended.
        status! string #2*
        lastProbeTime time #3
            When it was last checked.
        lastTransitionTime time #4
        reason string #5
        message string #6

        type UncountedTerminatedPods
            Pods that have ended and are being added to the counts of a Job.
        succeeded []string set #1
            The UIDs of those that have succeeded.
        failed []string set #2
            The UIDs of those that have failed.

        type CronJob like=Object
            A CronJob makes Jobs at set times.
        metadata ObjectMeta #1
        spec CronJobSpec #2
        status CronJobStatus ={} #3

        type CronJobSpec
            What a CronJob should do, and when.
        schedule! string #1*
            When, in the five fields of cron: minute, hour, day of the month, month, day of the week.
        timeZone string #8*
            The time zone of the schedule, such as Europe/Berlin; UTC if not given.
        startingDeadlineSeconds int64 #2*
            How many seconds late a Job may still be made; a week at most, also if not given.
        concurrencyPolicy string =Allow enum=Allow|Forbid|Replace #3
            What to do while the last Job still runs: Allow another, Forbid it, or Replace the last.
        suspend bool =false #4*
            Whether no Jobs are made for now.
        jobTemplate! JobTemplateSpec #5
            What the Jobs look like.
        successfulJobsHistoryLimit int32 =3 min=0 #6*
            How many Jobs that have succeeded are kept.
        failedJobsHistoryLimit int32 =1 min=0 #7*
            How many Jobs that have failed are kept.

        type JobTemplateSpec
            What the Jobs that are made from a template look like.
        metadata ObjectMeta #1
            The labels and annotations of the Jobs.
        spec JobSpec #2
            What the Jobs should do.

        type CronJobStatus
            What is known of a CronJob.
        active []ObjectReference #1
            The Jobs of it that run.
        lastScheduleTime time #4*
            The time of the schedule for which a Job was last made.
        lastSuccessfulTime time #5*
            When a Job of it last succeeded.
        """
}
