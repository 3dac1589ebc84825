#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

// Nothing else stands here: top-level variables belong to the main actor, and every access to one is slow.
exit(Bench.run(Array(CommandLine.arguments.dropFirst())))
