/// How long tasks occupy a slot.
package struct ServiceTime: Codable, Sendable, Equatable {
    /// The mean of those that have ended.
    package var milliseconds: Int
    /// Thousandths of C², their variance over the square of their mean; `nil`: too few have ended to tell, and 1 is taken.
    package var variationThousandths: Int?
    /// Of those that run now: how many it is known of since when they do, and the sum of how long that is.
    package var running: Running?

    package struct Running: Codable, Sendable, Equatable {
        package var tasks: Int
        package var milliseconds: Int

        package init(tasks: Int, milliseconds: Int) {
            self.tasks = tasks
            self.milliseconds = milliseconds
        }
    }

    package init(milliseconds: Int, variationThousandths: Int? = nil, running: Running? = nil) {
        self.milliseconds = milliseconds
        self.variationThousandths = variationThousandths
        self.running = running
    }

    package var variation: Double { Double(variationThousandths ?? 1000) / 1000 }

    /// The mean, or what the tasks that run now tell where they disprove it.
    ///
    /// On average they have run for S·(1 + C²)/2 (the age of a renewal process). With exponential times the ages of n tasks add up to
    /// n means, give or take √n; four times the sum of both is beyond chance, also of times that vary more, and where it is looked
    /// at often. Smaller changes show soon enough in the times of tasks that end. Where slots are free, those that run may be the last
    /// of many, which took longest: they tell nothing.
    ///
    /// - Parameter slotsAreTaken: whether tasks wait.
    package func seconds(slotsAreTaken: Bool) -> Double {
        disproof(of: meanSeconds, variation, slotsAreTaken: slotsAreTaken) ?? meanSeconds
    }

    var meanSeconds: Double { max(Double(milliseconds), 1) / 1000 }

    /// The mean that the tasks which run now tell, where they disprove that it is `mean`.
    func disproof(of mean: Double, _ variation: Double, slotsAreTaken: Bool) -> Double? {
        guard slotsAreTaken, let running, running.tasks > 0 else { return nil }
        let tasks = Double(running.tasks)
        let ages = Double(running.milliseconds) / 1000
        let age = (1 + variation) / 2
        return ages > 4 * mean * age * (tasks + tasks.squareRoot()) ? ages / tasks / age : nil
    }
}
