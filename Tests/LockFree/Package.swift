// swift-tools-version: 6.2
import PackageDescription

// The tests of the lock-free half in a package of their own, for those builds in which its bugs would show: optimised, and under
// the thread sanitizer. To build all other tests so takes minutes.
//
//     swift test -c release --package-path Tests/LockFree
//     TSAN_OPTIONS=halt_on_error=1 swift test --sanitize=thread --package-path Tests/LockFree
//
// The library is here by links: what is `package` stays within reach.

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
  name: "lock-free",
  platforms: [.macOS(.v15)],
  targets: [
    .target(name: "Sequencer", swiftSettings: settings),
    .target(name: "Delivery", dependencies: ["Sequencer"], swiftSettings: settings),
    .target(name: "Choosing", swiftSettings: settings),
    .target(name: "SequencerModel", dependencies: ["Choosing"], swiftSettings: settings),
    .testTarget(
      name: "DeliveryTests", dependencies: ["Choosing", "Delivery", "Sequencer", "SequencerModel"],
      exclude: [
        "Deduplication", "DeliveryStatusTests.swift", "HostileCostTests.swift", "HostileValueTests.swift", "Outbox",
        "RateLimiting",
        "Receipts", "Retry", "Timers",
      ], swiftSettings: settings),
  ]
)
