// swift-tools-version: 6.2
import PackageDescription

// The tests of the lock-free half, optimised, which is where its bugs would show: in a package of their own, since optimising
// all other tests takes minutes. `swift test -c release --package-path Tests/Optimised`
//
// The library is here by links: what is `package` stays within reach.

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
  name: "optimised",
  platforms: [.macOS(.v15)],
  targets: [
    .target(name: "Sequencer", swiftSettings: settings),
    .target(name: "Delivery", dependencies: ["Sequencer"], swiftSettings: settings),
    .target(name: "Choosing", swiftSettings: settings),
    .target(name: "SequencerModel", dependencies: ["Choosing"], swiftSettings: settings),
    .testTarget(
      name: "DeliveryTests", dependencies: ["Choosing", "Delivery", "Sequencer", "SequencerModel"],
      sources: ["Adapters", "FanOut", "Hub", "Queues", "Support"], swiftSettings: settings),
  ]
)
