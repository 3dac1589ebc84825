import Testing

#if os(Linux) || os(macOS) || os(Windows) || os(FreeBSD)
  /// What a process that trapped has to have said. An optimised build says nothing as it traps.
  func expect(
    _ result: ExitTest.Result?, says message: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #if DEBUG
      let said = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
      #expect(said.contains(message), sourceLocation: sourceLocation)
    #endif
  }
#endif
