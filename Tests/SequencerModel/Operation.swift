/// One call to a sequencer, as a value: what a tape's line, a generated step and a test's script have in common.
///
/// Times are nanoseconds, streams are plain numbers, and a payload is any number that names one handing-in; the adapter
/// of the machine under test translates.
package enum Operation: Equatable, Sendable {
  case receive(number: UInt64, epoch: Int64, base: UInt64?, payload: UInt64, stream: UInt64, at: UInt64)
  case noteTip(number: UInt64, epoch: Int64, stream: UInt64, at: UInt64)
  case void(first: UInt64, last: UInt64, epoch: Int64, stream: UInt64, at: UInt64)
  case advance(at: UInt64)
  case pause(at: UInt64)
  case resume(at: UInt64)
  case suspend(stream: UInt64)
  case resumeStream(stream: UInt64, at: UInt64)
  case position(stream: UInt64)
  case progress(stream: UInt64)
  case open(Record)
  case close(stream: UInt64)
  case resynchronize(next: UInt64, epoch: Int64, stream: UInt64)
  case evictIdle
  case snapshot
  /// A new sequencer from the latest `snapshot`, or an empty one if there was none.
  case restore
}

extension Operation {
  /// The moment that the call names, if it names one.
  package var time: UInt64? {
    switch self {
    case .receive(_, _, _, _, _, let at), .noteTip(_, _, _, let at), .void(_, _, _, _, let at): at
    case .advance(let at), .pause(let at), .resume(let at), .resumeStream(_, let at): at
    default: nil
    }
  }

  /// The stream that the call is about, if it is about one.
  package var stream: UInt64? {
    switch self {
    case .receive(_, _, _, _, let stream, _), .noteTip(_, _, let stream, _), .void(_, _, _, let stream, _): stream
    case .suspend(let stream), .resumeStream(let stream, _), .position(let stream), .progress(let stream): stream
    case .close(let stream), .resynchronize(_, _, let stream): stream
    case .open(let record): record.stream
    default: nil
    }
  }

  /// The epoch that a sender or the caller names, if the call carries one that can lift the stream's.
  package var epoch: Int64? {
    switch self {
    case .receive(_, let epoch, _, _, _, _), .noteTip(_, let epoch, _, _): epoch
    case .void(_, _, let epoch, _, _), .resynchronize(_, let epoch, _): epoch
    default: nil
    }
  }
}

/// Written as the line of a tape, so that a failing run can be kept as one.
extension Operation: CustomStringConvertible {
  package var description: String { "{\(fields)}" }

  /// The line without its braces, for what appends the answer.
  var fields: String {
    switch self {
    case .receive(let number, let epoch, let base, let payload, let stream, let at):
      #""op":"receive","stream":\#(stream),"number":\#(number),"payload":"\#(payload)","at":\#(at),"epoch":\#(epoch)"#
        + (base.map { #","base":\#($0)"# } ?? "")
    case .noteTip(let number, let epoch, let stream, let at):
      #""op":"noteTip","stream":\#(stream),"number":\#(number),"at":\#(at),"epoch":\#(epoch)"#
    case .void(let first, let last, let epoch, let stream, let at):
      #""op":"void","stream":\#(stream),"first":\#(first),"last":\#(last),"at":\#(at),"epoch":\#(epoch)"#
    case .advance(let at): #""op":"advance","at":\#(at)"#
    case .pause(let at): #""op":"pause","at":\#(at)"#
    case .resume(let at): #""op":"resume","at":\#(at)"#
    case .suspend(let stream): #""op":"suspend","stream":\#(stream)"#
    case .resumeStream(let stream, let at): #""op":"resumeStream","stream":\#(stream),"at":\#(at)"#
    case .position(let stream): #""op":"position","stream":\#(stream)"#
    case .progress(let stream): #""op":"progress","stream":\#(stream)"#
    case .open(let record):
      #""op":"open","stream":\#(record.stream),"epoch":\#(record.epoch),"next":\#(record.next),"#
        + #""floor":\#(record.floor),"ranges":\#(record.ranges.map { [$0.first, $0.last] })"#
    case .close(let stream): #""op":"close","stream":\#(stream)"#
    case .resynchronize(let next, let epoch, let stream):
      #""op":"resynchronize","stream":\#(stream),"next":\#(next),"epoch":\#(epoch)"#
    case .evictIdle: #""op":"evictIdle""#
    case .snapshot: #""op":"snapshot""#
    case .restore: #""op":"restore""#
    }
  }
}
