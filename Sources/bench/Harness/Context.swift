/// What the scenarios of one run share: the plan, and inputs that are generated once, when first asked for.
final class Context {
  let plan: Plan
  private(set) lazy var inputs = Inputs(plan)
  /// The largest buffer, shared by the limits that need one: it is slow to fill.
  private(set) lazy var largeChain = LineChain(lines: plan.bufferBytes / LineChain.lineBytes)

  init(_ plan: Plan) {
    self.plan = plan
  }
}
