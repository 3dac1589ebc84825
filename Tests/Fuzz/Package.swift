// swift-tools-version: 6.2
import PackageDescription

// The fuzzers, in a package of their own, so that no user of the library ever sees them. `run` builds and starts them.
//
// The library and the trials are here by links: compiled once more, with a sanitizer and coverage, in one package, so that
// what is `package` stays within reach.

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
  name: "fuzz",
  platforms: [.macOS(.v15)],
  targets: [
    .target(name: "Sequencer", swiftSettings: settings),
    .target(name: "Delivery", dependencies: ["Sequencer"], swiftSettings: settings),
    .target(name: "Choosing", swiftSettings: settings),
    .target(name: "SequencerModel", dependencies: ["Choosing"], swiftSettings: settings),
    .target(
      name: "Trials", dependencies: ["Choosing", "Delivery", "Sequencer", "SequencerModel"], swiftSettings: settings),
    .executableTarget(name: "Fuzz", dependencies: ["Trials"], swiftSettings: settings),
  ]
)
