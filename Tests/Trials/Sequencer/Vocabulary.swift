import Sequencer
import SequencerModel

/// The library's words in the oracle's.

extension SequencerConfiguration {
  init(_ model: ModelConfiguration) {
    self.init()
    gapTimeout = model.gapTimeout.map { .nanoseconds(Int64($0)) }
    repair = model.repairFirst.map {
      RepairSchedule(first: .nanoseconds(Int64($0)), attempts: model.repairAttempts)
    }
    window = Int(model.window)
    ledgerLimit = model.ledgerRanges
    totalLedgerLimit = model.totalLedgerRanges
    bufferLimit = model.bufferedLimit
    streamLimit = model.streamLimit
    start =
      switch model.start {
      case .one: .one
      case .firstSeen: .firstSeen
      case .reject: .reject
      }
  }
}

extension Outcome {
  init(_ outcome: ReceiveOutcome) {
    self =
      switch outcome {
      case .delivered: .delivered
      case .buffered: .buffered
      case .late: .late
      case .stale: .stale
      case .duplicate(.buffered): .duplicateBuffered
      case .duplicate(.emitted): .duplicateEmitted
      case .rejected(let rejection): .rejected(SequencerModel.Rejection(rejection))
      }
  }

  init(_ outcome: TipOutcome) {
    self =
      switch outcome {
      case .noted: .noted
      case .clamped: .clamped
      case .known: .known
      case .rejected(let rejection): .rejected(SequencerModel.Rejection(rejection))
      }
  }

  init(_ outcome: VoidOutcome) {
    self =
      switch outcome {
      case .voided: .voided
      case .known: .known
      case .rejected(let rejection): .rejected(SequencerModel.Rejection(rejection))
      }
  }

  init(_ outcome: OpenOutcome) {
    self =
      switch outcome {
      case .opened: .opened
      case .alreadyOpen: .alreadyOpen
      case .rejected(let rejection): .rejected(SequencerModel.Rejection(rejection))
      }
  }

  init(_ outcome: ResynchronizeOutcome) {
    self =
      switch outcome {
      case .resynchronized: .resynchronized
      case .rejected(let rejection): .rejected(SequencerModel.Rejection(rejection))
      }
  }
}

extension SequencerModel.Rejection {
  init(_ rejection: LibraryRejection) {
    self =
      switch rejection {
      case .invalidNumber: .invalidNumber
      case .staleEpoch: .staleEpoch
      case .unknownStream: .unknownStream
      case .beyondWindow: .beyondWindow
      case .tooManyStreams: .tooManyStreams
      case .overCapacity: .overCapacity
      case .behind: .behind
      case .invalidRecord: .invalidRecord
      }
  }
}

extension Reason {
  init(_ reason: SkipReason) {
    self =
      switch reason {
      case .timeout: .timeout
      case .void: .void
      case .epoch: .epoch
      case .closed: .closed
      case .resync: .resync
      }
  }
}

extension StreamRecord where Key: NumberedKey {
  /// A run that ends before it begins, which a range cannot hold, becomes one that no ledger can.
  init(_ record: Record, epochShift: Int64) {
    self.init(
      stream: Key(numbered: record.stream), epoch: UInt32(record.epoch + epochShift), next: record.next,
      floor: record.floor,
      skipped: record.ranges.map { $0.first <= $0.last ? $0.first...$0.last : 0...0 })
  }
}

extension Record {
  init(_ record: StreamRecord<some NumberedKey>, epochShift: Int64) {
    self.init(
      stream: record.stream.plainNumber, epoch: Int64(record.epoch) - epochShift, next: record.next,
      floor: record.floor, ranges: record.skipped.map { Run($0.lowerBound, $0.upperBound) })
  }
}
