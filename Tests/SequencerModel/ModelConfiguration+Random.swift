package import Choosing

extension ModelConfiguration {
  /// A small configuration: limits so low that a few hundred operations meet all of them.
  package static func random(using random: inout Choices) -> ModelConfiguration {
    var configuration = ModelConfiguration()
    configuration.gapTimeout = random.pick([nil, 1, 10, 10, 1_000, 1_000])
    configuration.repairFirst = random.pick([nil, 1, 3, 3, 40, 300])
    configuration.repairAttempts = random.pick([1, 2, 3, 8, 16])
    configuration.window = random.pick([1, 2, 3, 4, 8, 17, 64, 1_024])
    configuration.ledgerRanges = random.pick([0, 1, 2, 16])
    configuration.totalLedgerRanges = random.pick([65_536, 65_536, 1_000, 8, 3, 1])
    configuration.bufferedLimit = random.pick([1, 2, 3, 8, 30, 1_000, 1_000])
    configuration.streamLimit = random.pick([1, 2, 3, 5, 100, 100])
    configuration.start = random.pick(Start.allCases)
    return configuration
  }
}
