// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .treatWarning("StrictMemorySafety", as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
  name: "ordered-delivery",
  platforms: [.macOS(.v15), .iOS(.v18), .tvOS(.v18), .watchOS(.v11), .visionOS(.v2)],
  products: [
    .library(name: "Sequencer", targets: ["Sequencer"]),
    .library(name: "Delivery", targets: ["Delivery"]),
    .executable(name: "bench", targets: ["bench"]),
  ],
  targets: [
    .target(name: "Sequencer", swiftSettings: settings),
    .target(name: "Delivery", dependencies: ["Sequencer"], swiftSettings: settings),
    .executableTarget(
      name: "bench", dependencies: ["Choosing", "Delivery", "Sequencer", "Simulation"], swiftSettings: settings),
    // Where the tests' decisions come from: seeds, tapes, walks; and shrinking.
    .target(name: "Choosing", path: "Tests/Choosing", swiftSettings: settings),
    // The oracle and what drives it. It shares no code with the library.
    .target(name: "SequencerModel", dependencies: ["Choosing"], path: "Tests/SequencerModel", swiftSettings: settings),
    // The libraries beside their models, driven by choices: what model tests, fuzzers and replays play.
    .target(
      name: "Trials", dependencies: ["Choosing", "Delivery", "Sequencer", "SequencerModel"], path: "Tests/Trials",
      swiftSettings: settings),
    // Both ends and the network between them, in virtual time.
    .target(
      name: "Simulation", dependencies: ["Choosing", "Delivery", "Sequencer"], path: "Tests/Simulation",
      swiftSettings: settings),
    .testTarget(
      name: "SequencerTests", dependencies: ["Choosing", "Sequencer", "SequencerModel", "Trials"], exclude: ["Tapes"],
      swiftSettings: settings),
    .testTarget(
      name: "DeliveryTests", dependencies: ["Choosing", "Delivery", "Sequencer", "SequencerModel", "Trials"],
      swiftSettings: settings),
    .testTarget(
      name: "InterleavingTests", dependencies: ["Choosing", "Delivery", "Sequencer"], swiftSettings: settings),
    .testTarget(
      name: "TrialTests", dependencies: ["Choosing", "SequencerModel", "Trials"], swiftSettings: settings),
    .testTarget(
      name: "SimulationTests", dependencies: ["Choosing", "Delivery", "Sequencer", "Simulation"],
      swiftSettings: settings),
    .testTarget(name: "BenchTests", dependencies: ["bench", "Sequencer"], swiftSettings: settings),
  ]
)
